import { type ContractCase, error } from '../case.ts'

const NOT_REGULAR = 'open as a regular file'

export const READING: readonly ContractCase[] = [
  { name: 'readFile gives a text', run: (os, root) => os.readFile(`${root}/file`), gives: 'text\n' },
  { name: 'readFile decodes UTF-8', run: (os, root) => os.readFile(`${root}/folder/inner`), gives: 'é€😀' },
  {
    name: 'readFile of nothing',
    run: (os, root) => os.readFile(`${root}/nosuch`),
    gives: error('ENOENT', 'open', '/nosuch'),
  },
  {
    name: 'readFile of a folder',
    run: (os, root) => os.readFile(`${root}/folder`),
    gives: error('EISDIR', 'read', '/folder'),
  },
  {
    name: 'readFile below a file',
    run: (os, root) => os.readFile(`${root}/file/x`),
    gives: error('ENOTDIR', 'open', '/file/x'),
    isReal: true,
  },
  {
    name: 'readFile of a FIFO does not wait',
    run: (os, root) => os.readFile(`${root}/fifo`),
    gives: error('EINVAL', NOT_REGULAR, '/fifo'),
  },
  { name: 'readFile follows a link', run: (os, root) => os.readFile(`${root}/link`), gives: 'text\n', isReal: true },
  {
    name: 'readFile of a link to itself',
    run: (os, root) => os.readFile(`${root}/loop`),
    gives: error('ELOOP', 'open', '/loop'),
    isReal: true,
  },
  {
    name: 'readPart gives what is there',
    run: (os, root) => [...os.readPart(`${root}/file`, 2, 9)],
    gives: [120, 116, 10],
  },
  {
    name: 'readPart gives as much as is asked',
    run: (os, root) => [...os.readPart(`${root}/file`, 0, 1)],
    gives: [116],
  },
  { name: 'readPart beyond the end', run: (os, root) => [...os.readPart(`${root}/file`, 9, 9)], gives: [] },
  {
    name: 'readPart of nothing',
    run: (os, root) => [...os.readPart(`${root}/nosuch`, 0, 1)],
    gives: error('ENOENT', 'open', '/nosuch'),
  },
  {
    name: 'hasSameContent of two alike',
    run: (os, root) => os.hasSameContent(`${root}/file`, `${root}/same`),
    gives: true,
  },
  {
    name: 'hasSameContent of one letter',
    run: (os, root) => os.hasSameContent(`${root}/file`, `${root}/other`),
    gives: false,
  },
  {
    name: 'hasSameContent of one more',
    run: (os, root) => os.hasSameContent(`${root}/file`, `${root}/longer`),
    gives: false,
  },
  {
    name: 'hasSameContent with nothing',
    run: (os, root) => os.hasSameContent(`${root}/file`, `${root}/nosuch`),
    gives: error('ENOENT', 'open', '/nosuch'),
  },
  { name: 'readLink says where it leads', run: (os, root) => os.readLink(`${root}/link`), gives: 'file' },
  {
    name: 'readLink of a file',
    run: (os, root) => os.readLink(`${root}/file`),
    gives: error('EINVAL', 'readlink', '/file'),
  },
  {
    name: 'readLink of nothing',
    run: (os, root) => os.readLink(`${root}/nosuch`),
    gives: error('ENOENT', 'readlink', '/nosuch'),
  },
  {
    name: 'fileStatus of a file',
    run: (os, root) => os.fileStatus(`${root}/file`),
    gives: { kind: 'file', mode: 0o640, uid: 0 },
  },
  {
    name: 'fileStatus of a folder',
    run: (os, root) => os.fileStatus(`${root}/folder`),
    gives: { kind: 'directory', mode: 0o750, uid: 0 },
  },
  {
    name: 'fileStatus of a link itself',
    run: (os, root) => os.fileStatus(`${root}/link`),
    gives: { kind: 'link', mode: 0o777, uid: 0 },
  },
  {
    name: 'fileStatus of a FIFO',
    run: (os, root) => os.fileStatus(`${root}/fifo`),
    gives: { kind: 'other', mode: 0o644, uid: 0 },
  },
  {
    name: 'fileStatus of nothing',
    run: (os, root) => os.fileStatus(`${root}/nosuch`),
    gives: error('ENOENT', 'lstat', '/nosuch'),
  },
  { name: 'checkWritable of a file', run: (os, root) => os.checkWritable(`${root}/file`), gives: null },
  {
    name: 'checkWritable of nothing',
    run: (os, root) => os.checkWritable(`${root}/nosuch`),
    gives: error('ENOENT', 'access', '/nosuch'),
  },
  {
    name: 'list tells what is a folder',
    run: (os, root) => [...os.list(`${root}/folder`)].sort((a, b) => (a.name < b.name ? -1 : 1)),
    gives: [
      { name: 'inner', isDirectory: false },
      { name: 'sub', isDirectory: true },
    ],
  },
  { name: 'list of an empty folder', run: (os, root) => os.list(`${root}/hollow`), gives: [] },
  {
    name: 'list of nothing',
    run: (os, root) => os.list(`${root}/nosuch`),
    gives: error('ENOENT', 'scandir', '/nosuch'),
  },
  { name: 'list of a file', run: (os, root) => os.list(`${root}/file`), gives: error('ENOTDIR', 'scandir', '/file') },
  {
    name: 'fileVersion is another one after a change only',
    run(os, root) {
      const [first, again] = [os.fileVersion(`${root}/file`), os.fileVersion(`${root}/file`)]
      os.rewriteFile(`${root}/file`, 'new\n', 'text\n')
      return [first === again, first === os.fileVersion(`${root}/file`)]
    },
    gives: [true, false],
  },
  {
    name: 'fileVersion of nothing',
    run: (os, root) => os.fileVersion(`${root}/nosuch`),
    gives: error('ENOENT', 'stat', '/nosuch'),
  },
]

export const WRITING: readonly ContractCase[] = [
  {
    name: 'makeDirectory makes all that is missing',
    run(os, root) {
      os.makeDirectory(`${root}/a/b/c`, 0o700)
      return ['a', 'a/b', 'a/b/c'].map((path) => os.fileStatus(`${root}/${path}`).mode)
    },
    gives: [0o755, 0o755, 0o700],
  },
  {
    name: 'makeDirectory of what is there changes nothing',
    run(os, root) {
      os.makeDirectory(`${root}/folder`, 0o700)
      return os.fileStatus(`${root}/folder`).mode
    },
    gives: 0o750,
  },
  {
    name: 'makeDirectory below a file',
    run: (os, root) => os.makeDirectory(`${root}/file/x`, 0o700),
    gives: error('ENOTDIR', 'mkdir', '/file/x'),
    isReal: true,
  },
  {
    name: 'rewriteFile changes the text and nothing else',
    run: (os, root) => [
      os.rewriteFile(`${root}/file`, 'é\n', 'text\n'),
      os.readFile(`${root}/file`),
      os.fileStatus(`${root}/file`).mode,
    ],
    gives: [true, 'é\n', 0o640],
  },
  {
    name: 'rewriteFile leaves another text alone',
    run: (os, root) => [
      os.rewriteFile(`${root}/other`, 'new\n', 'text\n'),
      os.readFile(`${root}/other`),
      os.list(root).length,
    ],
    gives: [false, 'test\n', 11],
  },
  {
    name: 'rewriteFile of nothing',
    run: (os, root) => os.rewriteFile(`${root}/nosuch`, 'new\n', 'text\n'),
    gives: error('ENOENT', 'open', '/nosuch'),
  },
  {
    name: 'rewriteFile of a link, which is not followed',
    run: (os, root) => os.rewriteFile(`${root}/link`, 'new\n', 'text\n'),
    gives: error('ELOOP', 'open', '/link'),
    isReal: true,
  },
  {
    name: 'copyFile makes a file of a mode',
    run(os, root) {
      os.copyFile(`${root}/file`, `${root}/copy`, 0o755)
      return [os.readFile(`${root}/copy`), os.fileStatus(`${root}/copy`).mode]
    },
    gives: ['text\n', 0o755],
  },
  {
    name: 'copyFile takes the place of a link',
    run(os, root) {
      os.copyFile(`${root}/other`, `${root}/link`, 0o600)
      return [os.readFile(`${root}/link`), os.fileStatus(`${root}/link`).kind, os.readFile(`${root}/file`)]
    },
    gives: ['test\n', 'file', 'text\n'],
  },
  {
    name: 'copyFile of nothing',
    run: (os, root) => os.copyFile(`${root}/nosuch`, `${root}/copy`, 0o755),
    gives: error('ENOENT', 'open', '/nosuch'),
  },
  {
    name: 'copyFile of a folder',
    run: (os, root) => os.copyFile(`${root}/folder`, `${root}/copy`, 0o755),
    gives: error('EISDIR', 'read', '/folder'),
  },
  {
    name: 'rename replaces',
    run(os, root) {
      os.rename(`${root}/file`, `${root}/other`)
      return [os.readFile(`${root}/other`), os.list(root).length]
    },
    gives: ['text\n', 10],
  },
  {
    name: 'rename of nothing',
    run: (os, root) => os.rename(`${root}/nosuch`, `${root}/other`),
    gives: error('ENOENT', 'rename', '/nosuch'),
  },
]
