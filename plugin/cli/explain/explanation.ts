import { type Os, OsError } from '../../os/os.ts'
import type { Surroundings } from '../../subject/surroundings.ts'
import { formatOfNode } from '../../sysctl/diagnose.ts'
import {
  hasIfName,
  IFNAME,
  interfaceOf,
  ofDefault,
  ofInterface,
  ofNewInterface,
  type SysctlKey,
} from '../../sysctl/key.ts'
import { diagnoseMissing } from '../../sysctl/missing.ts'
import { reasonNotCopied } from '../../sysctl/not-copied.ts'
import { type Evidence, followsHost } from '../../sysctl/origin.ts'
import { createSysctlSubject } from '../../sysctl/subject.ts'
import { isOfNode } from '../../sysctl/whole-node.ts'
import type { NoKey } from './asked.ts'

/** Facts about one sysctl; null if there is no value, or it was not read. */
export interface Explanation {
  readonly key: string
  readonly exists: boolean | null
  readonly host: string | null
  readonly newNetns: string | null
  readonly followsHost: boolean | null
  readonly settable: boolean | null
  readonly remark: string
}

/** A sysctl on the host or in the container. */
export interface Reading {
  readonly exists: boolean
  readonly isWritable: boolean
  readonly value: string | null
}

/** Facts about the node beside the sysctl. */
export interface Node {
  readonly surroundings: Surroundings
  /** net.core.devconf_inherit_init_net */
  readonly devconfInherit: number
}

/** The start values of a new netns' conf trees, Documentation/admin-guide/sysctl/net.rst. */
export function readDevconfInherit(os: Os): number {
  try {
    return Number(os.readFile('/proc/sys/net/core/devconf_inherit_init_net'))
  } catch (error) {
    if (error instanceof OsError) return 0
    throw error
  }
}

/** Reads a sysctl of the host; `IFNAME` stands for the value of new interfaces. */
export function readHost(os: Os, key: SysctlKey): Reading {
  return read(os, ofDefault(key))
}

/** Reads a sysctl in a new netns, which has only `lo`. For other interfaces: the value of a new one. */
export function readNewNetns(os: Os, key: SysctlKey): Reading {
  return read(os, isOfOneInterface(key) ? ofNewInterface(key) : key)
}

function read(os: Os, key: SysctlKey): Reading {
  try {
    const isWritable = (os.fileStatus(key.path).mode & 0o222) !== 0
    return { exists: true, isWritable, value: createSysctlSubject(key).read(os) ?? null }
  } catch (error) {
    if (error instanceof OsError) return { exists: false, isWritable: false, value: null }
    throw error
  }
}

export function explainNoKey({ text, reason, exists }: NoKey): Explanation {
  const nothing = { host: null, newNetns: null, followsHost: null, settable: false }
  return { key: text, exists, ...nothing, remark: reason }
}

/** `netns` is undefined if none could be made. */
export function explainKey(key: SysctlKey, host: Reading, netns: Reading | undefined, node: Node): Explanation {
  const exists = host.exists || netns?.exists === true
  const follows = exists && netns?.exists !== false ? followsHost(key, evidenceOf(key, host, netns, node)) : null
  const isShared = isOfNode(key.canonical, node.surroundings.release)
  return {
    key: key.canonical,
    exists,
    host: host.value,
    newNetns: netns?.value ?? null,
    followsHost: follows,
    settable: exists && netns === undefined && !isShared ? null : netns?.isWritable === true && !isShared,
    remark: exists ? remarkOn(key, netns, follows, node) : remarkOnMissing(key, node),
  }
}

/** The value of a host's interface does not tell the start value of a container's. */
function evidenceOf(key: SysctlKey, host: Reading, netns: Reading | undefined, { devconfInherit }: Node): Evidence {
  if (netns === undefined || (isOfOneInterface(key) && !hasIfName(key))) return { devconfInherit }
  return { devconfInherit, host, newNetns: netns }
}

function remarkOn(
  key: SysctlKey,
  netns: Reading | undefined,
  follows: boolean | null,
  { surroundings: { release }, devconfInherit }: Node,
): string {
  if (netns?.exists === false) return 'of the whole node: set it there'
  if (netns?.isWritable === false) return "read-only in a container: the node's value counts"
  if (isOfNode(key.canonical, release)) return formatOfNode(release)
  if (reasonNotCopied(key) !== undefined) return 'can be set, not inherited'
  if (isLikeDefault(key, devconfInherit)) return `starts with the host's ${ofInterface(key, 'default').canonical}`
  if (follows === null) return 'what a container has of it can be seen as root only'
  const start = follows ? 'starts with the value of the host' : "starts with the kernel's own value"
  const isOfHost = isOfOneInterface(key) && !hasIfName(key)
  return isOfHost ? `in a container write ${ofInterface(key, IFNAME).canonical}; ${start}` : start
}

/** Whether it belongs to a new netns's `lo`, which starts like every interface; but see inetdev_init(), addrconf_init_net(). */
function isLikeDefault(key: SysctlKey, devconfInherit: number): boolean {
  if (interfaceOf(key) !== 'lo' || /\.(disable_policy|disable_xfrm|accept_dad)$/.test(key.canonical)) return false
  return followsHost(ofInterface(key, IFNAME), { devconfInherit }) === true
}

function remarkOnMissing(key: SysctlKey, { surroundings }: Node): string {
  const reason = diagnoseMissing(ofDefault(key), surroundings)
  return hasIfName(key) ? reason.replaceAll('.default.', `.${IFNAME}.`) : reason
}

function isOfOneInterface(key: SysctlKey): boolean {
  const name = interfaceOf(key)
  return name !== undefined && name !== 'lo'
}
