import type { Folder, Folders } from '../../plugin/os/folder.ts'
import { type Os, OsError } from '../../plugin/os/os.ts'
import { entriesOf, type Files, isFolder, modeOf, statusOf } from './fake-files.ts'
import type { FakeMachine } from './fake-machine.ts'

/** What a fake operating system does with folders, which are outside every netns. */
export function createFakeFolders(
  machine: FakeMachine,
  files: Files,
  writes: string[],
): Folders & Pick<Os, 'makeDirectory'> {
  const place = (name: string, at?: Folder) => (at === undefined ? name : `${at.path}/${name}`)
  const make = (path: string, mode: number) => {
    if (machine.makeFails !== undefined) throw new OsError(machine.makeFails, 'mkdir', path)
    files.set(path, { text: '', mode, kind: 'directory' })
  }
  /** The folder of the file stays, even if only this file was in it. */
  const remove = (path: string) => {
    const folder = path.replace(/\/[^/]*$/, '')
    const isThere = files.delete(path)
    if (isThere && !isFolder(files, folder)) files.set(folder, { text: '', mode: 0o700, kind: 'directory' })
    return isThere
  }
  return {
    openFolder(name, at) {
      const path = place(name, at).replace(/\/\.$/, '')
      const readFails = files.get(path)?.readFails
      if (readFails !== undefined) throw new OsError(readFails, 'open', path)
      if (isFolder(files, path)) return { path, fd: 0 }
      if (files.has(path)) throw new OsError('ENOTDIR', 'open', path)
      return undefined
    },
    foldersFrom({ path }) {
      const parts = path.split('/').slice(1)
      const above = parts.map((_, index) => `/${parts.slice(0, parts.length - index).join('/')}`)
      return [...above.map((each) => statusOf(files, each)), { kind: 'directory', mode: 0o755, uid: 0 }]
    },
    isStillAt: () => true,
    makeDirectory(path, mode) {
      const above = path.replace(/\/[^/]*$/, '')
      if (above !== '' && !isFolder(files, above)) this.makeDirectory(above, 0o755)
      if (!isFolder(files, path) && !files.has(path)) make(path, mode)
    },
    makeFolder(name, mode, at) {
      const path = place(name, at)
      if (isFolder(files, path) || files.has(path)) return false
      make(path, mode)
      return true
    },
    removeFolder(name, at) {
      const path = place(name, at)
      if (files.has(path) && files.get(path)?.kind !== 'directory') throw new OsError('ENOTDIR', 'rmdir', path)
      const isEmpty = ![...files.keys()].some((candidate) => candidate.startsWith(`${path}/`))
      return isEmpty && remove(path)
    },
    namesIn: ({ path }) => entriesOf(files, path).map(({ name }) => name),
    namesBelow(folder) {
      return entriesOf(files, folder.path).flatMap(({ name }) => {
        const own = files.get(`${folder.path}/${name}`)
        if (own?.readFails !== undefined) throw new OsError(own.readFails, 'open', `${folder.path}/${name}`)
        if (!isFolder(files, `${folder.path}/${name}`)) return []
        const names = entriesOf(files, `${folder.path}/${name}`).map((each) => `${name}/${each.name}`)
        return names.length === 0 ? `${name}/` : names
      })
    },
    tryLock: ({ path }) => machine.locked?.includes(path) !== true,
    readIfExists(name, at) {
      const path = place(name, at)
      const file = files.get(path)
      if (isFolder(files, path)) throw new OsError('EISDIR', 'read', path)
      if (file === undefined) return undefined
      if (file.readFails !== undefined) throw new OsError(file.readFails, 'read', path)
      if ((modeOf(file) & 0o444) === 0) throw new OsError('EACCES', 'open', path)
      if (file.kind !== undefined && file.kind !== 'file') throw new OsError('EINVAL', 'open as a regular file', path)
      return file.text
    },
    replaceFile(name, text, mode, at) {
      const path = place(name, at)
      if (machine.replaceFails !== undefined) throw new OsError(machine.replaceFails, 'open', path)
      if (!isFolder(files, at.path)) throw new OsError('ENOENT', 'open', path)
      const { kind, ...file } = files.get(path) ?? {}
      files.set(path, { ...file, text, mode, age: 0 })
      writes.push(`${path} replaced`)
    },
    removeFile(name, at) {
      const path = place(name, at)
      const errno = files.get(path)?.removeFails
      if (errno !== undefined) throw new OsError(errno, 'unlink', path)
      if (isFolder(files, path)) throw new OsError('EISDIR', 'unlink', path)
      return remove(path)
    },
    ageOf(name, at) {
      const file = files.get(place(name, at))
      return file === undefined ? undefined : (file.age ?? 0)
    },
  }
}
