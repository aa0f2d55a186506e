import {
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname } from 'node:path'
import { type Folder, UNFINISHED } from '../../os/folder.ts'
import { OsError } from '../../os/os.ts'
import { attempt, thenClose, withFolder, withOpen } from './attempt.ts'
import { putInPlace } from './exchange.ts'
import type { Libc } from './libc.ts'
import { createXattrs } from './xattrs.ts'

/** The new content of a file. */
export interface Replacement {
  readonly folder: Folder
  readonly name: string
  /** Writes the content of the new file. */
  readonly fill: (fd: number) => void
  /** Sets the mode and the other attributes of the new file. */
  readonly finish: (fd: number) => void
  /** Replaces the old file; false if it must not be replaced. Without this function it always is. */
  readonly put?: (unfinished: string, path: string) => boolean
}

/** The path of a name in an open folder, for errors. */
export function pathOf(name: string, at?: Folder): string {
  return at === undefined ? name : `${at.path}/${name}`
}

/** The path for system calls: through a descriptor it stays in that folder, proc_pid_fd(5). */
export function place(name: string, at?: Folder): string {
  return at === undefined ? name : `/proc/self/fd/${at.fd}/${name}`
}

/** Replaces a file. If the node crashes before the rename is on the disk, the old file stays. */
export function replaceFile({ folder, name, fill, finish, put = rename }: Replacement): boolean {
  const path = pathOf(name, folder)
  const { unfinished, fd } = openUnfinished(folder, path)
  let isPut: boolean
  try {
    thenClose(path, fd, () => {
      attempt(path, () => {
        finish(fd)
        fill(fd)
        fsyncSync(fd)
      })
    })
    isPut = attempt(path, () => put(place(unfinished, folder), place(name, folder)))
    if (!isPut) removeQuietly(place(unfinished, folder))
  } catch (error) {
    removeQuietly(place(unfinished, folder))
    throw error
  }
  attempt(path, () => fsyncSync(folder.fd))
  return isPut
}

function rename(from: string, to: string): boolean {
  renameSync(from, to)
  return true
}

/** Replaces a file by a copy of an open one. */
export function copyFile(source: number, to: string, mode: number): void {
  withFolderOf(to, (folder, name) => {
    replaceFile({ folder, name, fill: (fd) => copyAll(source, fd), finish: (fd) => fchmodSync(fd, mode) })
  })
}

export interface Rewriting {
  readonly path: string
  readonly text: string
  /** The text that it must have had. */
  readonly before: string
}

/** Replaces only the text of a file; false if it has another text by now. */
export function rewriteFile({ path, text, before }: Rewriting, libc: Libc): boolean {
  const replaceOld = (old: number) => {
    const { uid, gid, mode } = attempt(path, () => fstatSync(old))
    const finish = (fd: number) => {
      fchownSync(fd, uid, gid)
      fchmodSync(fd, mode & 0o7777)
      createXattrs(libc).copy(old, fd, path)
    }
    const put = (unfinished: string, to: string) => putInPlace(libc, unfinished, to, { path, text, before })
    return withFolderOf(path, (folder, name) => {
      return replaceFile({ folder, name, fill: (fd) => writeFileSync(fd, text), finish, put })
    })
  }
  return withOpen(path, replaceOld, { flags: constants.O_NOFOLLOW })
}

/** A new file with a name that no other process uses. */
function openUnfinished(folder: Folder, path: string): { unfinished: string; fd: number } {
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants
  for (let number = 0; ; number++) {
    const unfinished = `.${process.pid}-${number}${UNFINISHED}`
    try {
      const open = () => openSync(place(unfinished, folder), O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600)
      return { unfinished, fd: attempt(path, open) }
    } catch (error) {
      if (!(error instanceof OsError && error.errno === 'EEXIST') || number > 0xffff) throw error
    }
  }
}

function withFolderOf<T>(path: string, action: (folder: Folder, name: string) => T): T {
  const folder = dirname(path)
  return withFolder(folder, (fd) => action({ path: folder, fd }, basename(path)))
}

/** Cleans up after an error; the first error is more useful. */
function removeQuietly(path: string): void {
  try {
    unlinkSync(path)
  } catch {}
}

function copyAll(source: number, target: number): void {
  const chunk = Buffer.allocUnsafe(1024 * 1024)
  for (let length = readSync(source, chunk); length > 0; length = readSync(source, chunk)) {
    writeFileSync(target, chunk.subarray(0, length))
  }
}
