import { fstatSync, lstatSync, mkdirSync, readdirSync, readSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'
import type { DirectoryEntry, FileStatus } from '../../os/file.ts'
import { MAX_FILE_BYTES } from '../../os/folder.ts'
import { OsError } from '../../os/os.ts'
import { attempt, withOpen } from './attempt.ts'

/**
 * The text of a regular file. Some files give only one read (proc_do_large_bitmap()): if it fills the buffer,
 * the file is read again with a larger one. `path` is for errors if another path is opened.
 */
export function readWhole(path: string, opened: string = path): string {
  for (let size = 8192; ; size *= 8) {
    const chunks = withOpen(path, (fd) => readChunks(fd, path, size), { opened })
    if (chunks[0]?.length !== size) return Buffer.concat(chunks).toString()
  }
}

/** Whether the files have the same bytes. */
export function hasSameContent(a: string, b: string): boolean {
  return withOpen(a, (left) => withOpen(b, (right) => isSameBytes({ fd: left, path: a }, { fd: right, path: b })))
}

/** Makes a folder and the missing ones above it. */
export function makeDirectory(path: string, mode: number): void {
  makeMissing(dirname(path))
  makeOne(path, mode)
}

function makeMissing(folder: string): void {
  if (unless('ENOENT', () => makeOne(folder, 0o755)) !== undefined) return
  makeMissing(dirname(folder))
  makeOne(folder, 0o755)
}

/** Not by the option `recursive`: its only error for a file in the path is EEXIST. */
function makeOne(folder: string, mode: number): true {
  unless('EEXIST', () => attempt(folder, () => mkdirSync(folder, { mode })))
  return true
}

/** What `action` returns; undefined if it fails with one of the errnos. */
export function unless<T>(errnos: string, action: () => T): T | undefined {
  try {
    return action()
  } catch (error) {
    if (error instanceof OsError && errnos.split(' ').includes(error.errno)) return undefined
    throw error
  }
}

export function readStatus(path: string): FileStatus {
  return toStatus(attempt(path, () => lstatSync(path)))
}

export function toStatus(stats: Stats): FileStatus {
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
  for (let total = 0; total <= MAX_FILE_BYTES; ) {
    const chunk = Buffer.allocUnsafe(size)
    const length = attempt(path, () => readSync(fd, chunk))
    if (length === 0) return chunks
    chunks.push(chunk.subarray(0, length))
    total += length
  }
  throw new OsError('EFBIG', 'read', path)
}
