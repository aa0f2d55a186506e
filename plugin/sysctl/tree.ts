import { type Os, OsError } from '../os/os.ts'
import { formatCanonical, SYSCTL_ROOT } from './key.ts'

/** Every sysctl under net/ that the network namespace of this thread has: canonical key -> permission bits. */
export type SysctlTree = ReadonlyMap<string, number>

/** Looks through /proc/sys/net: some 600 files in a container, 1,100 on a host. */
export function readSysctlTree(os: Pick<Os, 'list' | 'fileMode'>): SysctlTree {
  const tree = new Map<string, number>()
  addDirectory(os, tree, ['net'])
  return tree
}

function addDirectory(os: Pick<Os, 'list' | 'fileMode'>, tree: Map<string, number>, segments: readonly string[]): void {
  const path = [SYSCTL_ROOT, ...segments].join('/')
  for (const { name, isDirectory } of ifThere(() => os.list(path)) ?? []) {
    const inside = [...segments, name]
    const mode = isDirectory ? undefined : ifThere(() => os.fileMode(`${path}/${name}`))
    if (isDirectory) addDirectory(os, tree, inside)
    else if (mode !== undefined) tree.set(formatCanonical(inside), mode)
  }
}

/** An interface may go away while the tree is read. */
function ifThere<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof OsError) return undefined
    throw error
  }
}
