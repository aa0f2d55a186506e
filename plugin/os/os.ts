import type { DirectoryEntry, FileStatus } from './file.ts'
import type { Folders } from './folder.ts'
import type { Looking } from './look.ts'
import type { Namespaces } from './netns.ts'
import type { Watching } from './watching.ts'

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

/**
 * The one seam to the operating system. Everything is synchronous, because setns(2) moves one thread: a read on
 * another thread would see the host. Every function throws {@link OsError} and nothing else.
 */
export interface Os extends Folders, Namespaces, Looking, Watching {
  /** What was typed after the program's name. */
  readonly args: readonly string[]
  getenv(name: string): string | undefined
  /** The whole of stdin; EILSEQ where it is not UTF-8, EFBIG above {@link MAX_STDIN_BYTES}. */
  readStdin(): string
  /** The whole of a regular file, as {@link Folders.readIfExists}; ENOENT if there is none. */
  readFile(path: string): string
  /** Writes to an existing file: O_WRONLY|O_NOFOLLOW, no O_CREAT, and exactly one write(2). */
  writeFile(path: string, text: string): void
  /**
   * The descriptor of a file of /proc/sys, opened for reading and writing (O_RDWR|O_NOFOLLOW); the call is `statfs` where the first one is of no
   * procfs, because something else is mounted over it. It is open until the process ends; from then on it is
   * that of the netns that was entered then. Undefined if half of the files that the process may open are open: the
   * rest is to be opened each time.
   */
  openSysctl(path: string): number | undefined
  /** All that it holds; ENOENT for one that is gone since it was opened. */
  readSysctl(path: string, fd: number): string
  /** Exactly one pwrite(2); ENOENT likewise. */
  writeSysctl(path: string, fd: number, text: string): void
  /** access(2) with W_OK: EACCES for a file that cannot be written, EROFS on a read-only mount. */
  checkWritable(path: string): void
  /** lstat(2): of a symbolic link itself. */
  fileStatus(path: string): FileStatus
  /** Makes a folder and those above it that are missing; `mode` is the last one's, the others get 0755. */
  makeDirectory(path: string, mode: number): void
  /**
   * Puts a text in the place of `before`, likewise; owner, group, mode and extended attributes stay. False where the file
   * has another text by now, or goes meanwhile: then that is left alone. ENOENT if there is none, ELOOP for a symbolic link.
   */
  rewriteFile(path: string, text: string, before: string): boolean
  /** Copies a file, likewise. */
  copyFile(from: string, to: string, mode: number): void
  /** Whether two files have the same bytes, what symbolic links lead to. */
  hasSameContent(a: string, b: string): boolean
  list(path: string): readonly DirectoryEntry[]
  /**
   * ioctl(2) on a datagram socket of this thread's netns, for an interface (netdevice(7)): `union` is what stands behind
   * the name in struct ifreq; what the kernel leaves there comes back.
   */
  linkIoctl(request: number, ifName: string, union: Uint8Array): Uint8Array
  /**
   * netlink(7) on a socket of this thread's netns: sends one request, and returns all that comes back up to NLMSG_DONE or
   * the acknowledgement, so the request must ask for a dump or for that. What the kernel refuses it with is the OsError.
   */
  netlink(protocol: number, request: Uint8Array): Uint8Array
  /** Closes what was opened. */
  close(open: { readonly path: string; readonly fd: number }): void
  /** Waits. */
  sleep(milliseconds: number): void
  /** Whether stdout is a terminal. */
  isTerminal(): boolean
  writeStdout(text: string): void
  writeStderr(text: string): void
}

/** Far above any request (the largest seen has 1.6 kB), far below what would exhaust a node. */
export const MAX_STDIN_BYTES = 32 * 1024 * 1024

/** What `action` returns, or the OsError that it throws; every other error is a bug and goes on. */
export function catchOsError<T>(action: () => T): T | OsError {
  try {
    return action()
  } catch (error) {
    return asOsError(error)
  }
}

/** An error that is an OsError; every other is a bug and is thrown again. */
export function asOsError(error: unknown): OsError {
  if (error instanceof OsError) return error
  throw error
}
