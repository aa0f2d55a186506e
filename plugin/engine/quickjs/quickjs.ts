import type { DirectoryEntry, FileStatus } from '../../os/file.ts'
import type { Folders } from '../../os/folder.ts'
import type { Namespaces } from '../../os/netns.ts'
import { MAX_STDIN_BYTES, type Os, OsError } from '../../os/os.ts'
import type { NativeOs, NativeStatus } from './native-os.ts'
import { createWatching } from './watching.ts'

declare const nativeOs: NativeOs

/** Calls `run` with the operating system at the start of the process; it returns the exit code. */
export function start(run: (os: Os) => number): void {
  const os = createQuickJsOs()
  nativeOs.failWith(OsError)
  nativeOs.start((args) => {
    os.args = args
    return run(os)
  })
}

/** Runs the program for operators, quickjs-operator.ts, with the arguments; it returns the exit code. */
export function operate(os: Os): number {
  return nativeOs.operate(os.args)
}

/** The operating system through native-os.c and QuickJS. The arguments are not known before the start. */
function createQuickJsOs(): Os & { args: readonly string[] } {
  return {
    args: [],
    getenv: nativeOs.getenv,
    readStdin: () => nativeOs.readStdin(MAX_STDIN_BYTES, '/dev/stdin'),
    readFile: nativeOs.readFile,
    writeFile: nativeOs.writeFile,
    openSysctl: nativeOs.openSysctl,
    readSysctl: nativeOs.readSysctl,
    writeSysctl: nativeOs.writeSysctl,
    checkWritable: nativeOs.checkWritable,
    fileStatus: (path) => toStatus(nativeOs.lstat(path)),
    makeDirectory(path, mode) {
      makeMissing(dirname(path))
      tolerate('EEXIST', () => nativeOs.mkdir(path, mode))
    },
    rewriteFile: (path, text, before) => nativeOs.rewriteFile(path, dirname(path), basename(path), text, before),
    copyFile: (from, to, mode) => nativeOs.copyFile(to, dirname(to), basename(to), mode, from),
    hasSameContent: nativeOs.hasSameContent,
    list: (path) => nativeOs.list(path).map(toEntry),
    ...createFolders(),
    ...createNamespaces(),
    ...createWatching(),
    rename: (from, to) => nativeOs.rename(from, to, dirname(to)),
    close: ({ fd }) => nativeOs.close(fd),
    sleep: nativeOs.sleep,
    linkIoctl: nativeOs.linkIoctl,
    netlink: nativeOs.netlink,
    isTerminal: nativeOs.isTerminal,
    writeStdout: (text) => nativeOs.write(1, text, '/dev/stdout'),
    writeStderr: (text) => nativeOs.write(2, text, '/dev/stderr'),
  }
}

/** Instead of a folder's descriptor, for a path, <fcntl.h>. */
const AT_FDCWD = -100

function createFolders(): Folders {
  return {
    openFolder(name, at) {
      const fd = nativeOs.openFolder(name, at?.fd ?? AT_FDCWD, at?.path)
      return fd < 0 ? undefined : { path: at === undefined ? name : `${at.path}/${name}`, fd }
    },
    foldersFrom: ({ fd, path }) => nativeOs.foldersFrom(fd, path).map(toStatus),
    isStillAt: (folder, name, at) => nativeOs.isStillAt(name, at.fd, at.path, folder.fd),
    makeFolder: (name, mode, at) => nativeOs.makeFolder(name, at.fd, at.path, mode),
    removeFolder: (name, at) => nativeOs.removeFolder(name, at.fd, at.path),
    namesIn: ({ fd, path }) => nativeOs.names(fd, path),
    namesBelow: ({ fd, path }) => nativeOs.namesBelow(fd, path),
    tryLock: ({ fd, path }) => nativeOs.tryLock(fd, path),
    readIfExists: (name, at) => nativeOs.readIfExists(name, at?.fd ?? AT_FDCWD, at?.path),
    replaceFile: (name, text, mode, at) => nativeOs.replaceFile(name, at.fd, at.path, mode, text),
    removeFile: (name, at) => nativeOs.removeFile(name, at?.fd ?? AT_FDCWD, at?.path),
    ageOf: (name, at) => nativeOs.age(name, at.fd, at.path),
  }
}

function createNamespaces(): Namespaces {
  return {
    openNetns(path) {
      const [fd, id] = nativeOs.openNetns(path)
      return { path, fd, id }
    },
    ownNetnsId: nativeOs.ownNetnsId,
    enterNetns: ({ path, fd }) => nativeOs.enterNetns(path, fd),
    makeNetns: nativeOs.makeNetns,
    leaveNetns: nativeOs.leaveNetns,
    netnsCookie: nativeOs.netnsCookie,
  }
}

/** The file types in st_mode, inode(7). */
const KINDS: ReadonlyMap<number, FileStatus['kind']> = new Map([
  [0o100000, 'file'],
  [0o040000, 'directory'],
  [0o120000, 'link'],
])

function toStatus([mode, uid]: NativeStatus): FileStatus {
  return { kind: KINDS.get(mode & 0o170000) ?? 'other', mode: mode & 0o7777, uid }
}

function toEntry(item: string): DirectoryEntry {
  return { name: item.slice(1), isDirectory: item.startsWith('/') }
}

/** Makes a folder and the missing ones above it. */
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

/** The folder of a path other than `/`. */
function dirname(path: string): string {
  const end = path.replace(/\/+$/, '').lastIndexOf('/')
  return end < 0 ? '.' : path.slice(0, end) || '/'
}

function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
