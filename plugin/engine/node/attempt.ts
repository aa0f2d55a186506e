import { closeSync, constants, fstatSync, openSync } from 'node:fs'
import { OsError } from '../../os/os.ts'

/** Runs `action`, and throws errors of node:fs in the form of the seam. */
export function attempt<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException
    if (code === undefined || syscall === undefined) throw error
    throw new OsError(code, syscall, path)
  }
}

interface Opening {
  /** If another path is opened than the one for errors. */
  readonly opened?: string
  /** O_NOFOLLOW */
  readonly flags?: number
}

/** Opens a regular file for reading while `action` runs. */
export function withOpen<T>(path: string, action: (fd: number) => T, { opened = path, flags = 0 }: Opening = {}): T {
  const fd = attempt(path, () => openSync(opened, constants.O_RDONLY | constants.O_NONBLOCK | flags))
  return thenClose(path, fd, () => {
    const status = attempt(path, () => fstatSync(fd))
    if (status.isDirectory()) throw new OsError('EISDIR', 'read', path)
    if (!status.isFile()) throw new OsError('EINVAL', 'open as a regular file', path)
    return action(fd)
  })
}

/** Opens a folder while `action` runs. */
export function withFolder<T>(path: string, action: (fd: number) => T): T {
  const fd = attempt(path, () => openSync(path, constants.O_RDONLY | constants.O_DIRECTORY))
  try {
    return action(fd)
  } finally {
    closeQuietly(fd)
  }
}

/** What `action` returns, after `fd` was closed. If closing fails, that is an error unless there was another one. */
export function thenClose<T>(path: string, fd: number, action: () => T): T {
  let result: T
  try {
    result = action()
  } catch (error) {
    closeQuietly(fd)
    throw error
  }
  attempt(path, () => closeSync(fd))
  return result
}

/** For files that were only read, or after an error. */
export function closeQuietly(fd: number): void {
  try {
    closeSync(fd)
  } catch {}
}
