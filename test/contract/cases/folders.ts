import { UNFINISHED } from '../../../plugin/os/folder.ts'
import { type ContractCase, error, folderAt } from '../case.ts'

export const FOLDERS: readonly ContractCase[] = [
  { name: 'openFolder', run: (os, root) => folderAt(os, `${root}/folder`).path.replace(root, ''), gives: '/folder' },
  {
    name: 'openFolder in another one',
    run: (os, root) => os.openFolder('sub', folderAt(os, `${root}/folder`))?.path.replace(root, ''),
    gives: '/folder/sub',
  },
  { name: 'openFolder of nothing', run: (os, root) => os.openFolder(`${root}/nosuch`), gives: null },
  {
    name: 'openFolder of nothing in another',
    run: (os, root) => os.openFolder('nosuch', folderAt(os, root)),
    gives: null,
  },
  {
    name: 'openFolder of a file',
    run: (os, root) => os.openFolder(`${root}/file`),
    gives: error('ENOTDIR', 'open', '/file'),
  },
  {
    name: 'openFolder of a link, which is not followed',
    run: (os, root) => os.openFolder('to-folder', folderAt(os, root)),
    gives: error('ENOTDIR', 'open', '/to-folder'),
  },
  {
    name: 'foldersFrom begins with the folder and goes up to the root',
    run(os, root) {
      const folders = os.foldersFrom(folderAt(os, `${root}/folder`))
      const above = os.foldersFrom(folderAt(os, root))
      return [folders[0], folders.length - above.length, folders.length > 3, folders.at(-1)?.kind]
    },
    gives: [{ kind: 'directory', mode: 0o750, uid: 0 }, 1, true, 'directory'],
  },
  {
    name: 'isStillAt of a folder that stays',
    run: (os, root) => os.isStillAt(folderAt(os, `${root}/folder`), 'folder', folderAt(os, root)),
    gives: true,
  },
  {
    name: 'isStillAt of a folder whose name another one has, or none',
    run(os, root) {
      const [at, folder] = [folderAt(os, root), folderAt(os, `${root}/hollow`)]
      os.removeFolder('hollow', at)
      const isGone = os.isStillAt(folder, 'hollow', at)
      os.makeFolder('hollow', 0o755, at)
      return [isGone, os.isStillAt(folder, 'hollow', at)]
    },
    gives: [false, false],
    isReal: true,
  },
  {
    name: 'makeFolder',
    run: (os, root) => [os.makeFolder('new', 0o700, folderAt(os, root)), os.fileStatus(`${root}/new`)],
    gives: [true, { kind: 'directory', mode: 0o700, uid: 0 }],
  },
  {
    name: 'makeFolder where there is one',
    run: (os, root) => os.makeFolder('folder', 0o700, folderAt(os, root)),
    gives: false,
  },
  {
    name: 'makeFolder where there is a file',
    run: (os, root) => os.makeFolder('file', 0o700, folderAt(os, root)),
    gives: false,
  },
  {
    name: 'makeFolder in one that was removed',
    run(os, root) {
      const hollow = folderAt(os, `${root}/hollow`)
      os.removeFolder('hollow', folderAt(os, root))
      return os.makeFolder('new', 0o700, hollow)
    },
    gives: false,
    isReal: true,
  },
  {
    name: 'removeFolder',
    run: (os, root) => [os.removeFolder('hollow', folderAt(os, root)), os.openFolder(`${root}/hollow`) ?? null],
    gives: [true, null],
  },
  { name: 'removeFolder of nothing', run: (os, root) => os.removeFolder('nosuch', folderAt(os, root)), gives: false },
  {
    name: 'removeFolder with something in it',
    run: (os, root) => os.removeFolder('folder', folderAt(os, root)),
    gives: false,
  },
  {
    name: 'removeFolder of a file',
    run: (os, root) => os.removeFolder('file', folderAt(os, root)),
    gives: error('ENOTDIR', 'rmdir', '/file'),
  },
  {
    name: 'namesIn',
    run: (os, root) => [...os.namesIn(folderAt(os, `${root}/folder`))].sort(),
    gives: ['inner', 'sub'],
  },
  {
    name: 'namesIn of one that was removed',
    run(os, root) {
      const hollow = folderAt(os, `${root}/hollow`)
      os.removeFolder('hollow', folderAt(os, root))
      return os.namesIn(hollow)
    },
    gives: [],
    isReal: true,
  },
  {
    name: 'namesBelow: what is in the folders of a folder, also that there is nothing; of files and links nothing',
    run: (os, root) => [...os.namesBelow(folderAt(os, root))].sort(),
    gives: ['folder/inner', 'folder/sub', 'hollow/'],
  },
  {
    name: 'namesBelow can be asked twice',
    run(os, root) {
      const folder = folderAt(os, root)
      return [os.namesBelow(folder).length, os.namesBelow(folder).length]
    },
    gives: [3, 3],
  },
  {
    name: 'tryLock of one that nobody has, and again by the same descriptor',
    run(os, root) {
      const folder = folderAt(os, `${root}/folder`)
      return [os.tryLock(folder), os.tryLock(folder)]
    },
    gives: [true, true],
  },
  {
    name: 'tryLock of one that somebody has, until that is closed',
    run(os, root) {
      const [mine, theirs] = [folderAt(os, `${root}/folder`), folderAt(os, `${root}/folder`)]
      const tries = [os.tryLock(theirs), os.tryLock(mine)]
      os.close(theirs)
      return [...tries, os.tryLock(mine)]
    },
    gives: [true, false, true],
    isReal: true,
  },
  {
    name: 'close gives the descriptor back',
    run(os, root) {
      const first = folderAt(os, root)
      os.close(first)
      return folderAt(os, root).fd === first.fd
    },
    gives: true,
    isReal: true,
  },
]

export const IN_FOLDERS: readonly ContractCase[] = [
  { name: 'readIfExists', run: (os, root) => os.readIfExists(`${root}/file`), gives: 'text\n' },
  {
    name: 'readIfExists in a folder',
    run: (os, root) => os.readIfExists('inner', folderAt(os, `${root}/folder`)),
    gives: 'é€😀',
  },
  { name: 'readIfExists of nothing', run: (os, root) => os.readIfExists(`${root}/nosuch`), gives: null },
  { name: 'readIfExists below a file', run: (os, root) => os.readIfExists(`${root}/file/x`), gives: null },
  {
    name: 'readIfExists of a folder',
    run: (os, root) => os.readIfExists('folder', folderAt(os, root)),
    gives: error('EISDIR', 'read', '/folder'),
  },
  {
    name: 'readIfExists of a FIFO does not wait',
    run: (os, root) => os.readIfExists('fifo', folderAt(os, root)),
    gives: error('EINVAL', 'open as a regular file', '/fifo'),
  },
  {
    name: 'readIfExists of a link to itself',
    run: (os, root) => os.readIfExists(`${root}/loop`),
    gives: error('ELOOP', 'open', '/loop'),
    isReal: true,
  },
  {
    name: 'replaceFile makes a file',
    run(os, root) {
      os.replaceFile('new', 'é€😀', 0o600, folderAt(os, root))
      return [os.readFile(`${root}/new`), os.fileStatus(`${root}/new`)]
    },
    gives: ['é€😀', { kind: 'file', mode: 0o600, uid: 0 }],
  },
  {
    name: 'replaceFile replaces one, also its mode, and leaves nothing beside it',
    run(os, root) {
      os.replaceFile('file', 'new', 0o604, folderAt(os, root))
      const names = os.list(root).map(({ name }) => name)
      return [
        os.readFile(`${root}/file`),
        os.fileStatus(`${root}/file`).mode,
        names.filter((name) => name.endsWith(UNFINISHED)),
      ]
    },
    gives: ['new', 0o604, []],
  },
  {
    name: 'replaceFile takes the place of a link, not of what it leads to',
    run(os, root) {
      os.replaceFile('link', 'new', 0o600, folderAt(os, root))
      return [os.readFile(`${root}/link`), os.fileStatus(`${root}/link`).kind, os.readFile(`${root}/file`)]
    },
    gives: ['new', 'file', 'text\n'],
  },
  {
    name: 'replaceFile of a folder fails, and leaves nothing beside it',
    run(os, root) {
      try {
        os.replaceFile('folder', 'new', 0o600, folderAt(os, root))
      } finally {
        if (os.list(root).some(({ name }) => name.endsWith(UNFINISHED))) os.writeStderr('something is left\n')
      }
    },
    gives: error('EISDIR', 'rename', '/folder'),
    isReal: true,
  },
  {
    name: 'replaceFile in a folder that was removed',
    run(os, root) {
      const hollow = folderAt(os, `${root}/hollow`)
      os.removeFolder('hollow', folderAt(os, root))
      os.replaceFile('new', 'text', 0o600, hollow)
    },
    gives: error('ENOENT', 'open', '/hollow/new'),
  },
  {
    name: 'removeFile',
    run: (os, root) => [os.removeFile('file', folderAt(os, root)), os.readIfExists(`${root}/file`) ?? null],
    gives: [true, null],
  },
  {
    name: 'removeFile of a link, not of what it leads to',
    run: (os, root) => [os.removeFile(`${root}/link`), os.readFile(`${root}/file`)],
    gives: [true, 'text\n'],
  },
  { name: 'removeFile of nothing', run: (os, root) => os.removeFile('nosuch', folderAt(os, root)), gives: false },
  {
    name: 'removeFile of a folder',
    run: (os, root) => os.removeFile('folder', folderAt(os, root)),
    gives: error('EISDIR', 'unlink', '/folder'),
  },
  {
    name: 'ageOf what was just made is some seconds',
    run(os, root) {
      const age = os.ageOf('file', folderAt(os, root)) ?? -1
      return age > -1 && age < 3600
    },
    gives: true,
  },
  { name: 'ageOf nothing', run: (os, root) => os.ageOf('nosuch', folderAt(os, root)), gives: null },
]
