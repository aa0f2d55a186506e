import type { DirectoryEntry, FileStatus } from '../../plugin/os/file.ts'
import { OsError } from '../../plugin/os/os.ts'

/** A file of a fake machine. */
export interface FakeFile {
  text: string
  mode?: number
  kind?: FileStatus['kind']
  uid?: number
  /** Seconds since it was written. */
  age?: number
  /** The errno of reading, writing or removing it. */
  readFails?: string
  writeFails?: string
  removeFails?: string
  /** The kernel's value for a written text; throws an errno to refuse it. */
  accept?: (text: string) => string
}

export type FakeFiles = Record<string, string | FakeFile>

/** Files by path; a folder exists if something is in it, or as a file of that kind. */
export type Files = Map<string, FakeFile>

export function toFiles(files: FakeFiles): Files {
  return new Map(
    Object.entries(files).map(([path, file]) => [path, typeof file === 'string' ? { text: file } : { ...file }]),
  )
}

export function isFolder(files: Files, path: string): boolean {
  if (path === '/' || files.get(path)?.kind === 'directory') return true
  return [...files.keys()].some((candidate) => candidate.startsWith(`${path}/`))
}

export function modeOf(file: FakeFile): number {
  return file.mode ?? 0o644
}

export function statusOf(files: Files, path: string): FileStatus {
  const { mode = 0o644, kind = 'file', uid = 0 } = files.get(path) ?? {}
  if (files.has(path)) return { mode, kind, uid }
  if (isFolder(files, path)) return { mode: 0o700, kind: 'directory', uid: 0 }
  throw new OsError('ENOENT', 'lstat', path)
}

export function entriesOf(files: Files, path: string): DirectoryEntry[] {
  const { readFails } = files.get(path) ?? {}
  if (readFails !== undefined) throw new OsError(readFails, 'scandir', path)
  if (!isFolder(files, path)) throw new OsError(files.has(path) ? 'ENOTDIR' : 'ENOENT', 'scandir', path)
  const inside = [...files.keys()].filter((candidate) => candidate.startsWith(`${path}/`))
  const names = new Map(
    inside.map((candidate) => {
      const [name = '', ...rest] = candidate.slice(path.length + 1).split('/')
      return [name, rest.length > 0 || files.get(`${path}/${name}`)?.kind === 'directory']
    }),
  )
  return [...names].map(([name, isDirectory]) => ({ name, isDirectory }))
}

/** Each character of the text is a byte. */
export function partOf({ text }: FakeFile, offset: number, length: number): Uint8Array {
  return Uint8Array.from(text.slice(offset, offset + length), (character) => character.charCodeAt(0))
}

/** The text of a link is its target. */
export function linkOfFile({ kind, text }: FakeFile, path: string): string {
  if (kind !== 'link') throw new OsError('EINVAL', 'readlink', path)
  return text
}

/** One write(2) to a file that is there. */
export function writeTo(file: FakeFile, text: string, path: string): void {
  if ((modeOf(file) & 0o222) === 0) throw new OsError('EACCES', 'open', path)
  if (file.writeFails !== undefined) throw new OsError(file.writeFails, 'write', path)
  try {
    file.text = file.accept?.(text) ?? text
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    file.text = error.kept ?? file.text
    throw new OsError(error.message, 'write', path)
  }
}

/** The kernel's refusal of a value; `kept` is the file's content afterwards. */
export class Refusal extends Error {
  readonly kept: string | undefined

  constructor(errno: string, kept: string | undefined) {
    super(errno)
    this.kept = kept
  }
}
