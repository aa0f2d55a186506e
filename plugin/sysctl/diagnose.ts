import type { OsError } from '../os/os.ts'
import { isOfInitialNetns, type Surroundings } from '../subject/surroundings.ts'
import type { SysctlKey } from './key.ts'
import { diagnoseMissing } from './missing.ts'
import { isOfNode } from './whole-node.ts'

/** Why it cannot be read; messages put it behind the name. */
export function explainUnread({ call, errno }: OsError): string {
  // The only system call that checks the type of a file system.
  if (call === 'statfs') return `is not available (${errno}): something other than procfs is mounted over /proc/sys`
  return `cannot be read (${errno})`
}

/** Why `key` cannot be read or opened for writing; messages put it behind `key: `. */
export function diagnoseTarget(key: SysctlKey, error: OsError, surroundings: Surroundings): string {
  switch (error.errno) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EISDIR':
      return diagnoseMissing(key, surroundings)
    case 'EACCES':
    case 'EPERM':
      return diagnoseDenied(key, error, surroundings)
    case 'EROFS':
      return 'cannot be written: /proc/sys is mounted read-only where the plugin runs'
    default:
      return explainUnread(error)
  }
}

function diagnoseDenied(key: SysctlKey, error: OsError, { inNetns, onHost, release }: Surroundings): string {
  if (isWritable(inNetns.get(key.canonical))) {
    return isOfNode(key.canonical, release)
      ? formatOfNode(release)
      : `may not be written by the plugin (${error.errno}); it must run as root, outside any container`
  }
  if (onHost === undefined || isWritable(onHost.get(key.canonical))) {
    return `is read-only in a container on Linux ${release}; the node's value counts: set it there, in /etc/sysctl.d`
  }
  if (!isOfInitialNetns(onHost)) {
    return `is read-only in a container on Linux ${release}; this node is itself in a network namespace, as with kind, so if it can be set at all, then on the machine below`
  }
  return 'is read-only everywhere: the kernel only reports it'
}

/** The reason for a sysctl that a container could write on this kernel, and would change for the whole node. */
export function formatOfNode(release: string): string {
  return `belongs to the whole node on Linux ${release}, also when a container writes it; set it there, in /etc/sysctl.d`
}

function isWritable(mode = 0): boolean {
  return (mode & 0o222) !== 0
}
