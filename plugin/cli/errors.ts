import { CniError } from '../cni/error.ts'
import { OsError } from '../os/os.ts'
import { CliError } from './cli-error.ts'

/** The reason of a failed operation; messages put it behind the path. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'something on the way to it is not a folder',
  EISDIR: 'is a folder',
  EACCES: 'permission denied; run it as root',
  EPERM: 'permission denied; run it as root',
  EROFS: 'is on a read-only file system',
  ENOSPC: 'no space is left on the device',
  ELOOP: 'is a symbolic link',
}

/** The error in words for people. */
export function wordError(error: unknown): string {
  if (error instanceof OsError) {
    const reason = REASONS[error.errno]
    return reason === undefined ? error.message : `${error.path}: ${reason} (${error.errno})`
  }
  if (error instanceof CliError || error instanceof CniError) return error.message
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `a bug in netns-sysctl; please report it, with these lines:\n${trace}`
}
