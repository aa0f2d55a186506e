import { type DirectoryEntry, type FileStatus, MAX_STDIN_BYTES, type Os, OsError, unfinishedPath } from '../../os/os.ts'

/** What native-os.c has as it is wanted. */
type Direct =
  | 'getenv'
  | 'readFile'
  | 'writeFile'
  | 'checkWritable'
  | 'hasSameContent'
  | 'netnsId'
  | 'enterNetns'
  | 'makeNetns'
  | 'leaveNetns'
  | 'linkIoctl'
  | 'isTerminal'

/** What native-os.c gives the plugin: system calls, which throw the class that {@link NativeOs.failWith} was told. */
interface NativeOs extends Pick<Os, Direct> {
  failWith(errorClass: typeof OsError): void
  readStdin(mostBytes: number, path: string): string
  /** A descriptor; -1 where that would be above half of what the process may have. */
  openSysctl(path: string): number
  readSysctl(path: string, fd: number): string
  writeSysctl(path: string, fd: number, text: string): void
  lstat(path: string): [mode: number, uid: number]
  mkdir(path: string, mode: number): void
  unlink(path: string): void
  replaceFile(path: string, unfinished: string, folder: string, mode: number, text: string): void
  copyFile(path: string, unfinished: string, folder: string, mode: number, from: string): void
  /** Each name after `/` for a folder or `.` for all else, in the order of their bytes. */
  list(path: string): string[]
  write(fd: number, text: string, path: string): void
  /** `run` is called with what was typed after the program's name when the process is started. */
  start(run: (args: readonly string[]) => number): void
  /** Loads the program for operators, and calls what it gave to `start`. */
  operate(args: readonly string[]): number
}

declare const nativeOs: NativeOs

/** Has `run` called with the operating system when the process is started; it returns the exit code. */
export function start(run: (os: Os) => number): void {
  const os = createQuickJsOs()
  nativeOs.failWith(OsError)
  nativeOs.start((args) => {
    os.args = args
    return run(os)
  })
}

/** Has the program for operators, quickjs-operator.ts, do what was typed; it returns the exit code. */
export function operate(os: Os): number {
  return nativeOs.operate(os.args)
}

/** The operating system as native-os.c shows it to the QuickJS engine; what was typed is not known before the start. */
function createQuickJsOs(): Os & { args: readonly string[] } {
  return {
    args: [],
    getenv: nativeOs.getenv,
    readStdin: () => nativeOs.readStdin(MAX_STDIN_BYTES, '/dev/stdin'),
    readFile: nativeOs.readFile,
    writeFile: nativeOs.writeFile,
    openSysctl(path) {
      const fd = nativeOs.openSysctl(path)
      return fd < 0 ? undefined : { path, fd }
    },
    readSysctl: ({ path, fd }) => nativeOs.readSysctl(path, fd),
    writeSysctl: ({ path, fd }, text) => nativeOs.writeSysctl(path, fd, text),
    checkWritable: nativeOs.checkWritable,
    fileStatus: (path) => toStatus(nativeOs.lstat(path)),
    makeDirectory(path, mode) {
      makeMissing(dirname(path))
      nativeOs.mkdir(path, mode)
    },
    replaceFile: (path, text, mode) => nativeOs.replaceFile(path, unfinishedPath(path), dirname(path), mode, text),
    copyFile: (from, to, mode) => nativeOs.copyFile(to, unfinishedPath(to), dirname(to), mode, from),
    removeFile(path) {
      tolerate('ENOENT', () => nativeOs.unlink(path))
      tolerate('ENOENT', () => nativeOs.unlink(unfinishedPath(path)))
    },
    hasSameContent: nativeOs.hasSameContent,
    list: (path) => nativeOs.list(path).map(toEntry),
    netnsId: nativeOs.netnsId,
    enterNetns: nativeOs.enterNetns,
    makeNetns: nativeOs.makeNetns,
    leaveNetns: nativeOs.leaveNetns,
    linkIoctl: nativeOs.linkIoctl,
    isTerminal: nativeOs.isTerminal,
    writeStdout: (text) => nativeOs.write(1, text, '/dev/stdout'),
    writeStderr: (text) => nativeOs.write(2, text, '/dev/stderr'),
  }
}

/** The file types in st_mode, inode(7). */
const KINDS: ReadonlyMap<number, FileStatus['kind']> = new Map([
  [0o100000, 'file'],
  [0o040000, 'directory'],
  [0o120000, 'link'],
])

function toStatus([mode, uid]: readonly [number, number]): FileStatus {
  return { kind: KINDS.get(mode & 0o170000) ?? 'other', mode: mode & 0o7777, uid }
}

function toEntry(item: string): DirectoryEntry {
  return { name: item.slice(1), isDirectory: item.startsWith('/') }
}

/** Makes a folder and those above it, as far as they are missing. */
function makeMissing(folder: string): void {
  const make = () => tolerate('EEXIST', () => nativeOs.mkdir(folder, 0o755))
  try {
    make()
  } catch (error) {
    if (!(error instanceof OsError && error.errno === 'ENOENT')) throw error
    makeMissing(dirname(folder))
    make()
  }
}

function tolerate(errno: string, action: () => void): void {
  try {
    action()
  } catch (error) {
    if (!(error instanceof OsError && error.errno === errno)) throw error
  }
}

/** The folder that a path is in, for every path but `/`. */
function dirname(path: string): string {
  const end = path.replace(/\/+$/, '').lastIndexOf('/')
  return end < 0 ? '.' : path.slice(0, end) || '/'
}
