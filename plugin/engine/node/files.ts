import { fstatSync, lstatSync, mkdirSync, readdirSync, readSync, unlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import { type DirectoryEntry, type FileStatus, unfinishedPath } from '../../os/os.ts'
import { attempt, withOpen } from './attempt.ts'

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
