import { closeSync, constants, openSync, readSync, statfsSync, writeSync } from 'node:fs'
import { type Os, OsError } from '../../os/os.ts'
import { attempt, closeQuietly, thenClose } from './attempt.ts'
import { readWhole } from './files.ts'

export const SYSCTLS = '/proc/sys/'

const PROC_SUPER_MAGIC = 0x9fa0 // <linux/magic.h>

type Sysctls = Pick<Os, 'readFile' | 'writeFile' | 'openSysctl' | 'readSysctl' | 'writeSysctl'>

/** The seam's functions for /proc/sys. It checks once that the first file is on a procfs, and the limit of descriptors. */
export function createSysctls(): Sysctls {
  let isProcfs = false
  let limit: number | undefined
  const open = (path: string, flags: number): number => {
    const fd = attempt(path, () => openSync(path, flags))
    if (isProcfs) return fd
    try {
      checkProcfs(fd, path)
    } catch (error) {
      closeQuietly(fd)
      throw error
    }
    isProcfs = true
    return fd
  }
  return {
    readFile(path) {
      const fd = open(path, constants.O_RDONLY | constants.O_NONBLOCK)
      return thenClose(path, fd, () => readSysctl(path, fd))
    },
    writeFile(path, text) {
      const fd = open(path, constants.O_WRONLY | constants.O_NOFOLLOW)
      thenClose(path, fd, () => writeSysctl(path, fd, text))
    },
    openSysctl(path) {
      const fd = open(path, constants.O_RDWR | constants.O_NOFOLLOW)
      if (fd < FEW) return fd
      limit ??= readOpenFilesLimit()
      if (fd < limit / 2) return fd
      closeSync(fd)
      return undefined
    },
    readSysctl,
    writeSysctl,
  }
}

/** Node itself has 22 open by then. */
const FEW = 28

function checkProcfs(fd: number, path: string): void {
  if (attempt(path, () => statfsSync(`/proc/self/fd/${fd}`)).type === PROC_SUPER_MAGIC) return
  throw new OsError('EINVAL', 'statfs', path)
}

/** RLIMIT_NOFILE, getrlimit(2). */
function readOpenFilesLimit(): number {
  const [, soft] = /^Max open files +(\d+)/m.exec(readWhole('/proc/self/limits')) ?? []
  return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft)
}

/** A read that fills its buffer may be incomplete, as in {@link readWhole}. */
function readSysctl(path: string, fd: number): string {
  for (let size = 512; ; size *= 8) {
    const chunk = Buffer.allocUnsafe(size)
    const length = attempt(path, () => readSync(fd, chunk, 0, size, 0))
    if (length < size) return chunk.toString('utf8', 0, length)
  }
}

function writeSysctl(path: string, fd: number, text: string): void {
  const bytes = Buffer.from(text)
  const written = attempt(path, () => writeSync(fd, bytes, 0, bytes.length, 0))
  if (written < bytes.length) throw new OsError('EIO', 'write', path)
}
