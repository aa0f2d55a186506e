/** What a system call or a file operation failed with; the only error that an {@link Os} throws. */
export class OsError extends Error {
  /** The symbolic name, `ENOENT`. */
  readonly errno: string
  /** The system call, `open`. */
  readonly call: string
  readonly path: string

  constructor(errno: string, call: string, path: string) {
    super(`${call} ${path}: ${errno}`)
    this.name = 'OsError'
    this.errno = errno
    this.call = call
    this.path = path
  }
}

export interface DirectoryEntry {
  readonly name: string
  readonly isDirectory: boolean
}

export interface FileStatus {
  readonly kind: 'file' | 'directory' | 'link' | 'other'
  /** The permission bits, `0o644`. */
  readonly mode: number
  readonly uid: number
}

/** A file of /proc/sys that is open. */
export interface SysctlFile {
  readonly path: string
  readonly fd: number
}

/**
 * The one seam to the operating system. Everything is synchronous, because setns(2) moves one thread: a read on
 * another thread would see the host. Every function throws {@link OsError} and nothing else.
 */
export interface Os {
  /** What was typed after the program's name. */
  readonly args: readonly string[]
  getenv(name: string): string | undefined
  /** The whole of stdin; EILSEQ where it is not UTF-8, EFBIG above {@link MAX_STDIN_BYTES}. */
  readStdin(): string
  readFile(path: string): string
  /** Writes to an existing file: O_WRONLY|O_NOFOLLOW, no O_CREAT, and exactly one write(2). */
  writeFile(path: string, text: string): void
  /**
   * Opens a file of /proc/sys for reading and writing (O_RDWR|O_NOFOLLOW) until the process ends; from then on it is
   * that of the netns that was entered then. Undefined where half of the files that the process may open are open: the
   * rest is to be opened each time.
   */
  openSysctl(path: string): SysctlFile | undefined
  /** All that it holds; ENOENT for one that is gone since it was opened. */
  readSysctl(file: SysctlFile): string
  /** Exactly one pwrite(2); ENOENT likewise. */
  writeSysctl(file: SysctlFile, text: string): void
  /** access(2) with W_OK: EACCES for a file that cannot be written, EROFS on a read-only mount. */
  checkWritable(path: string): void
  /** lstat(2): of a symbolic link itself. */
  fileStatus(path: string): FileStatus
  /** Makes a folder and those above it that are missing; `mode` is the last one's, the others get 0755. */
  makeDirectory(path: string, mode: number): void
  /** Replaces a file's content durably, whole or not at all, by way of {@link unfinishedPath}. */
  replaceFile(path: string, text: string, mode: number): void
  /** Copies a file likewise. */
  copyFile(from: string, to: string, mode: number): void
  /** Whether two files have the same bytes, what symbolic links lead to. */
  hasSameContent(a: string, b: string): boolean
  /** Removes a file and what {@link replaceFile} may have left of it when it was killed; either may be missing. */
  removeFile(path: string): void
  list(path: string): readonly DirectoryEntry[]
  /** "dev:ino" of a namespace, which {@link Os.enterNetns} may find to be no network's; EINVAL for any other file. */
  netnsId(path: string): string
  /** setns(2): from here on /proc/sys/net is that of the network namespace at `path`. */
  enterNetns(path: string): void
  /** unshare(2): makes a network namespace and enters it; it goes when it is left. */
  makeNetns(): void
  /** Back to the network namespace in which the process was started: only to look around there. */
  leaveNetns(): void
  /**
   * ioctl(2) on a datagram socket of this thread's netns, for an interface (netdevice(7)): `union` is what stands behind
   * the name in struct ifreq; what the kernel leaves there comes back.
   */
  linkIoctl(request: number, ifName: string, union: Uint8Array): Uint8Array
  /** Whether stdout is a terminal. */
  isTerminal(): boolean
  writeStdout(text: string): void
  writeStderr(text: string): void
}

/** Far above any request (the largest seen has 1.6 kB), far below what would exhaust a node. */
export const MAX_STDIN_BYTES = 32 * 1024 * 1024

/** No runtime takes a file with such an end for a configuration, and nobody else gives a file such an end. */
const UNFINISHED = '.netns-sysctl~'

/** Where the new content of a file is until it is complete. */
export function unfinishedPath(path: string): string {
  return `${path}${UNFINISHED}`
}

/** The path whose new content is at a path of {@link unfinishedPath}; any other path as it is. */
export function finishedPath(path: string): string {
  return path.endsWith(UNFINISHED) ? path.slice(0, -UNFINISHED.length) : path
}

/** What `action` returns, or the OsError that it throws; every other error is a bug and goes on. */
export function catchOsError<T>(action: () => T): T | OsError {
  try {
    return action()
  } catch (error) {
    if (error instanceof OsError) return error
    throw error
  }
}
