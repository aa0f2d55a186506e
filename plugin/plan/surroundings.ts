import { readLinkNames } from '../link/names.ts'
import { catchOsError, type Os, OsError } from '../os/os.ts'
import type { Surroundings, SysctlTree } from '../subject/surroundings.ts'
import { formatCanonical, SYSCTL_ROOT } from '../sysctl/key.ts'
import { readRelease } from '../sysctl/release.ts'

/** Reads in the netns, and then leaves it for good: nothing may be written in the netns after this. */
export function leaveAndLookAround(os: Os): Surroundings {
  const inNetns = readSysctlTree(os)
  const links = readLinkNames(os)
  return { inNetns, links, onHost: readHostTree(os), release: readRelease(os) }
}

/** The same for the host, before any netns was entered. */
export function lookAroundHost(os: Os): Surroundings {
  const onHost = readSysctlTree(os)
  return { inNetns: onHost, onHost, links: readLinkNames(os), release: readRelease(os) }
}

/** Lists /proc/sys/net: some 600 files in a container, 1,100 on a host. */
export function readSysctlTree(os: Pick<Os, 'list' | 'fileStatus'>): SysctlTree {
  const tree = new Map<string, number>()
  addDirectory(os, tree, ['net'])
  return tree
}

function readHostTree(os: Os): SysctlTree | undefined {
  const failed = catchOsError(() => os.leaveNetns())
  return failed === undefined ? readSysctlTree(os) : undefined
}

function addDirectory(
  os: Pick<Os, 'list' | 'fileStatus'>,
  tree: Map<string, number>,
  segments: readonly string[],
): void {
  const path = [SYSCTL_ROOT, ...segments].join('/')
  for (const { name, isDirectory } of ifThere(() => os.list(path)) ?? []) {
    const inside = [...segments, name]
    const mode = isDirectory ? undefined : ifThere(() => os.fileStatus(`${path}/${name}`).mode)
    if (isDirectory) addDirectory(os, tree, inside)
    else if (mode !== undefined) tree.set(formatCanonical(inside), mode)
  }
}

/** An interface may go away while the tree is read. */
function ifThere<T>(read: () => T): T | undefined {
  const found = catchOsError(read)
  return found instanceof OsError ? undefined : found
}
