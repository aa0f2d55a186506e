import { readLinkNames } from '../../link/names.ts'
import type { Os } from '../../os/os.ts'
import { readRelease, readSysctlTree } from '../../plan/surroundings.ts'
import type { Surroundings } from '../../subject/surroundings.ts'
import { tryNewNetns } from '../new-netns.ts'

/** What this node's kernel has, on the host and in a new network namespace. */
export interface Kernel {
  readonly host: Surroundings
  /** Undefined where no netns could be made, which needs root. */
  readonly netns: Surroundings | undefined
  /** Values of net.ipv4.conf.all.* as a container starts with them, by the name of the last segment. */
  readonly confAll: ReadonlyMap<string, string>
}

const CONF_ALL = '/proc/sys/net/ipv4/conf/all'

/** Stays in the netns that it makes: a user namespace would not let it back, and a command ends soon after. */
export function readKernel(os: Os): Kernel {
  const release = readRelease(os)
  const onHost = readSysctlTree(os)
  const host = { inNetns: onHost, onHost, links: readLinkNames(os), release }
  if (!tryNewNetns(os)) return { host, netns: undefined, confAll: readConfAll(os) }
  const netns = { inNetns: readSysctlTree(os), onHost, links: readLinkNames(os), release }
  return { host, netns, confAll: readConfAll(os) }
}

function readConfAll(os: Os): Map<string, string> {
  const names = os.list(CONF_ALL).map(({ name }) => name)
  return new Map(names.map((name) => [name, os.readFile(`${CONF_ALL}/${name}`).trim()]))
}
