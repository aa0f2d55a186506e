import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs'
import { OsError, type SysctlFile } from '../../os/os.ts'
import { attempt } from './attempt.ts'
import { readWhole } from './files.ts'
/** Writes to a file that exists, in one write(2). */
export function writeOnce(path: string, text: string): void {
  const fd = attempt(path, () => openSync(path, constants.O_WRONLY | constants.O_NOFOLLOW))
  try {
    writeSysctl({ path, fd }, text)
  } finally {
    closeSync(fd)
  }
}

/** {@link Os.openSysctl}; the limit, which takes a while to be read, is read once. */
export function createSysctlOpener(): (path: string) => SysctlFile | undefined {
  let limit: number | undefined
  return (path) => {
    const fd = attempt(path, () => openSync(path, constants.O_RDWR | constants.O_NOFOLLOW))
    if (fd < FEW) return { path, fd }
    limit ??= readOpenFilesLimit()
    if (fd < limit / 2) return { path, fd }
    closeSync(fd)
    return undefined
  }
}

/** Node itself has 22 open by then. */
const FEW = 28

/** RLIMIT_NOFILE, getrlimit(2). */
function readOpenFilesLimit(): number {
  const [, soft] = /^Max open files +(\d+)/m.exec(readWhole('/proc/self/limits')) ?? []
  return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft)
}

/** A read that fills its buffer may not be all, as in {@link readWhole}. */
export function readSysctl({ path, fd }: SysctlFile): string {
  for (let size = 512; ; size *= 8) {
    const chunk = Buffer.allocUnsafe(size)
    const length = attempt(path, () => readSync(fd, chunk, 0, size, 0))
    if (length < size) return chunk.toString('utf8', 0, length)
  }
}

export function writeSysctl({ path, fd }: SysctlFile, text: string): void {
  const bytes = Buffer.from(text)
  const written = attempt(path, () => writeSync(fd, bytes, 0, bytes.length, 0))
  if (written < bytes.length) throw new OsError('EIO', 'write', path)
}
