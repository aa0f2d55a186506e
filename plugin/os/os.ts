import { asKind, catchKind } from './as-kind.ts'
import type { DirectoryEntry, FileStatus } from './file.ts'
import type { Folders } from './folder.ts'
import type { Looking } from './look.ts'
import type { Namespaces } from './netns.ts'
import type { Watching } from './watching.ts'

/** A failed system call or file operation; the only error that an {@link Os} throws. */
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
  /** The words that were typed after the program's name. */
  readonly args: readonly string[]
  getenv(name: string): string | undefined
  /** The whole of stdin; EILSEQ where it is not UTF-8, EFBIG above {@link MAX_STDIN_BYTES}. */
  readStdin(): string
  /** The whole of a regular file, as {@link Folders.readIfExists}; ENOENT if there is none. */
  readFile(path: string): string
  /** Writes to an existing file: O_WRONLY|O_NOFOLLOW, no O_CREAT, and exactly one write(2). */
  writeFile(path: string, text: string): void
  /**
   * The descriptor of a file of /proc/sys, opened with O_RDWR|O_NOFOLLOW. The error's call is `statfs` if the first one is not
   * on procfs, because something else is mounted over it. It stays open until the process ends, and belongs to
   * the netns that the thread is in at this call. Undefined if half of the files that the process may open are open: the
   * others are opened each time.
   */
  openSysctl(path: string): number | undefined
  /** The whole content; ENOENT if the file is gone since it was opened. */
  readSysctl(path: string, fd: number): string
  /** Exactly one pwrite(2); ENOENT likewise. */
  writeSysctl(path: string, fd: number, text: string): void
  /** access(2) with W_OK: EACCES for a file that cannot be written, EROFS on a read-only mount. */
  checkWritable(path: string): void
  /** lstat(2): of a symbolic link itself. */
  fileStatus(path: string): FileStatus
  /** Makes a folder and the missing ones above it; `mode` is for the last one, the others get 0755. */
  makeDirectory(path: string, mode: number): void
  /**
   * Replaces the text `before`, likewise; owner, group, mode and extended attributes stay. False if the file
   * has another text by now, or is removed: then nothing is changed. ENOENT without a file, ELOOP for a symbolic link.
   */
  rewriteFile(path: string, text: string, before: string): boolean
  /** Copies a file, likewise. */
  copyFile(from: string, to: string, mode: number): void
  /** Whether two files have the same bytes; symbolic links are followed. */
  hasSameContent(a: string, b: string): boolean
  list(path: string): readonly DirectoryEntry[]
  /**
   * ioctl(2) on a datagram socket of this thread's netns, for an interface (netdevice(7)): `union` is the part of struct
   * ifreq behind the name; returns it as the kernel has changed it.
   */
  linkIoctl(request: number, ifName: string, union: Uint8Array): Uint8Array
  /**
   * netlink(7) on a socket of this thread's netns: sends one request, and returns the whole answer up to NLMSG_DONE or
   * the acknowledgement, so the request must ask for one of these. An error of the kernel is thrown as OsError.
   */
  netlink(protocol: number, request: Uint8Array): Uint8Array
  /** Closes a descriptor. */
  close(open: { readonly path: string; readonly fd: number }): void
  /** Waits. */
  sleep(milliseconds: number): void
  /** Whether stdout is a terminal. */
  isTerminal(): boolean
  writeStdout(text: string): void
  writeStderr(text: string): void
}

/** Far more than any request (the largest seen has 1.6 kB), far too little to exhaust a node. */
export const MAX_STDIN_BYTES = 32 * 1024 * 1024

/** What `action` returns, or the OsError that it throws; any other error is a bug and is thrown again. */
export function catchOsError<T>(action: () => T): T | OsError {
  return catchKind(OsError, action)
}

/** The error if it is an OsError; any other is a bug and is thrown again. */
export function asOsError(error: unknown): OsError {
  return asKind(OsError, error)
}
