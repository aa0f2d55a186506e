import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { type DirectoryEntry, type FileStatus, OsError, type SysctlFile, unfinishedPath } from '../../os/os.ts'

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

/**
 * A first read that fills its buffer may be all that a file gives, proc_do_large_bitmap(): then it is read again, with
 * a larger one.
 */
export function readWhole(path: string): string {
  for (let size = 8192; ; size *= 8) {
    const chunks = withOpen(path, (fd) => readChunks(fd, path, size))
    if (chunks[0]?.length !== size) return Buffer.concat(chunks).toString()
  }
}

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

/** Replaces a file by what `fill` writes: until the rename is on the disk, a crash of the node leaves the old one. */
export function replaceFile(path: string, mode: number, fill: (fd: number) => void): void {
  const unfinished = unfinishedPath(path)
  try {
    attempt(path, () => writeUnfinished(unfinished, mode, fill))
    attempt(path, () => renameSync(unfinished, path))
  } catch (error) {
    removeUnlessItFails(unfinished)
    throw error
  }
  withOpen(dirname(path), (folder) => attempt(path, () => fsyncSync(folder)))
}

/** Removes a file and what {@link replaceFile} may have left of it when it was killed. */
export function removeFile(path: string): void {
  attempt(path, () => removeIfThere(path))
  attempt(path, () => removeIfThere(unfinishedPath(path)))
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

/** For what is left of something that has failed already, which tells more. */
function removeUnlessItFails(path: string): void {
  try {
    unlinkSync(path)
  } catch {}
}

export function copyAll(source: number, target: number): void {
  const chunk = Buffer.allocUnsafe(1024 * 1024)
  for (let length = readSync(source, chunk); length > 0; length = readSync(source, chunk)) {
    writeFileSync(target, chunk.subarray(0, length))
  }
}

/** Whether the files have the same bytes. */
export function hasSameContent(a: string, b: string): boolean {
  return withOpen(a, (left) => withOpen(b, (right) => isSameBytes({ fd: left, path: a }, { fd: right, path: b })))
}

export function makeDirectory(path: string, mode: number): void {
  attempt(path, () => mkdirSync(dirname(path), { recursive: true, mode: 0o755 }))
  attempt(path, () => mkdirSync(path, { mode }))
}

export function readStatus(path: string): FileStatus {
  const stats = attempt(path, () => lstatSync(path))
  const kinds = [
    stats.isFile() && 'file',
    stats.isDirectory() && 'directory',
    stats.isSymbolicLink() && 'link',
  ] as const
  return { kind: kinds.find((kind) => kind !== false) ?? 'other', mode: stats.mode & 0o7777, uid: stats.uid }
}

export function listDirectory(path: string): DirectoryEntry[] {
  const entries = attempt(path, () => readdirSync(path, { withFileTypes: true }))
  return entries.map((entry) => ({ name: entry.name, isDirectory: entry.isDirectory() }))
}

function writeUnfinished(path: string, mode: number, fill: (fd: number) => void): void {
  const { O_CREAT, O_WRONLY, O_TRUNC, O_NOFOLLOW } = constants
  const fd = openSync(path, O_CREAT | O_WRONLY | O_TRUNC | O_NOFOLLOW, mode)
  try {
    fchmodSync(fd, mode)
    fill(fd)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

interface OpenFile {
  readonly fd: number
  readonly path: string
}

function isSameBytes(a: OpenFile, b: OpenFile): boolean {
  const sizes = [a, b].map(({ fd, path }) => attempt(path, () => fstatSync(fd).size))
  if (sizes[0] !== sizes[1]) return false
  const chunks = { a: Buffer.allocUnsafe(1024 * 1024), b: Buffer.allocUnsafe(1024 * 1024) }
  for (;;) {
    const length = attempt(a.path, () => readSync(a.fd, chunks.a))
    const other = attempt(b.path, () => readSync(b.fd, chunks.b))
    if (length !== other || chunks.a.compare(chunks.b, 0, length, 0, length) !== 0) return false
    if (length === 0) return true
  }
}

function readChunks(fd: number, path: string, size: number): Buffer[] {
  const chunks: Buffer[] = []
  for (;;) {
    const chunk = Buffer.allocUnsafe(size)
    const length = attempt(path, () => readSync(fd, chunk))
    if (length === 0) return chunks
    chunks.push(chunk.subarray(0, length))
  }
}
