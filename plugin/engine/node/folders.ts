import {
  type BigIntStats,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmdirSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import type { FileStatus } from '../../os/file.ts'
import type { Folder, Folders } from '../../os/folder.ts'
import { attempt } from './attempt.ts'
import { readWhole, unless } from './files.ts'
import type { Libc } from './libc.ts'
import { pathOf, place, replaceFile } from './replace.ts'

/** The seam's functions for folders. A path through a folder's descriptor stays in that folder, proc_pid_fd(5). */
export function createFolders(libc: Libc): Folders {
  return {
    openFolder(name, at) {
      const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants
      const path = pathOf(name, at)
      const fd = unless('ENOENT', () =>
        attempt(path, () => openSync(place(name, at), O_RDONLY | O_DIRECTORY | O_NOFOLLOW)),
      )
      return fd === undefined ? undefined : { path, fd }
    },
    foldersFrom,
    isStillAt({ fd, path }, name, at) {
      const own = attempt(path, () => fstatSync(fd, { bigint: true }))
      const there = unless('ENOENT', () => attempt(path, () => lstatSync(place(name, at), { bigint: true })))
      return there?.dev === own.dev && there.ino === own.ino
    },
    makeFolder: (name, mode, at) =>
      unless('EEXIST ENOENT', () => {
        attempt(pathOf(name, at), () => mkdirSync(place(name, at), { mode }))
        return true
      }) ?? false,
    removeFolder: (name, at) =>
      unless('ENOENT ENOTEMPTY EEXIST', () => {
        attempt(pathOf(name, at), () => rmdirSync(place(name, at)))
        return true
      }) ?? false,
    namesBelow,
    namesIn: ({ fd, path }) => attempt(path, () => readdirSync(`/proc/self/fd/${fd}`)),
    tryLock: ({ fd, path }) => libc.tryLock(fd, path),
    readIfExists: (name, at) => unless('ENOENT ENOTDIR', () => readWhole(pathOf(name, at), place(name, at))),
    replaceFile: (name, text, mode, at) =>
      replaceFile({ folder: at, name, fill: (fd) => writeFileSync(fd, text), finish: (fd) => fchmodSync(fd, mode) }),
    removeFile: (name, at) =>
      unless('ENOENT', () => {
        attempt(pathOf(name, at), () => unlinkSync(place(name, at)))
        return true
      }) ?? false,
    ageOf(name, at) {
      const stats = unless('ENOENT', () => attempt(pathOf(name, at), () => lstatSync(place(name, at))))
      return stats === undefined ? undefined : (Date.now() - stats.mtimeMs) / 1000
    },
  }
}

/** By `..`, up to the root, whose `..` is itself. */
function foldersFrom({ fd, path }: Folder): FileStatus[] {
  const folders: FileStatus[] = []
  let last: BigIntStats | undefined
  for (let way = `/proc/self/fd/${fd}/.`; ; way += '/..') {
    const next = attempt(path, () => statSync(way, { bigint: true }))
    if (next.dev === last?.dev && next.ino === last.ino) return folders
    folders.push({ kind: 'directory', mode: Number(next.mode) & 0o7777, uid: Number(next.uid) })
    last = next
  }
}

function namesBelow({ fd, path }: Folder): string[] {
  const own = `/proc/self/fd/${fd}`
  const folders = attempt(path, () => readdirSync(own, { withFileTypes: true })).filter((each) => each.isDirectory())
  return folders.flatMap(({ name: id }) => {
    const names = unless('ENOENT ENOTDIR', () => attempt(`${path}/${id}`, () => readdirSync(`${own}/${id}`)))
    return names?.length === 0 ? `${id}/` : (names ?? []).map((name) => `${id}/${name}`)
  })
}
