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

/** What is put in the place of a file. */
export interface Replacement {
  readonly folder: Folder
  readonly name: string
  /** Writes the content of the new file. */
  readonly fill: (fd: number) => void
  /** Gives the new file its mode and all else. */
  readonly finish: (fd: number) => void
  /** Gives it the place of the other one; false if that is not to be. Without it, it gets it anyway. */
  readonly put?: (unfinished: string, path: string) => boolean
}

/** The path of a name in an open folder, for errors. */
export function pathOf(name: string, at?: Folder): string {
  return at === undefined ? name : `${at.path}/${name}`
}

/** The path by which it is reached: what goes through a descriptor stays in that folder, proc_pid_fd(5). */
export function place(name: string, at?: Folder): string {
  return at === undefined ? name : `/proc/self/fd/${at.fd}/${name}`
}

/** Replaces a file: until the rename is on the disk, a crash of the node leaves the old one. */
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

/** Copies what is open into the place of a file. */
export function copyFile(source: number, to: string, mode: number): void {
  withFolderOf(to, (folder, name) => {
    replaceFile({ folder, name, fill: (fd) => copyAll(source, fd), finish: (fd) => fchmodSync(fd, mode) })
  })
}

export interface Rewriting {
  readonly path: string
  readonly text: string
  /** What it must have been. */
  readonly before: string
}

/** Replaces the text of a file, and nothing else of it; false if it is another one by now. */
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

/** A new file of a name that no other process has. */
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

/** For what is left of something that has failed already, which tells more. */
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
