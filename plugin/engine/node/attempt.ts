import { closeSync, constants, openSync } from 'node:fs'
import { OsError } from '../../os/os.ts'

/** Runs `action`, and gives the errors of node:fs the form of the seam. */
export function attempt<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException
    if (code === undefined || syscall === undefined) throw error
    throw new OsError(code, syscall, path)
  }
}

/** Opens a file for reading while `action` runs. */
export function withOpen<T>(path: string, action: (fd: number) => T): T {
  const fd = attempt(path, () => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK))
  try {
    return action(fd)
  } finally {
    closeSync(fd)
  }
}
