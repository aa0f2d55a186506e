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
  /** access(2) with W_OK: EACCES for a file that cannot be written, EROFS on a read-only mount. */
  checkWritable(path: string): void
  /** The permission bits of a file, `0o644`. */
  fileMode(path: string): number
  list(path: string): readonly DirectoryEntry[]
  /** "dev:ino" of a network namespace; EINVAL for a file that is none. */
  netnsId(path: string): string
  /** setns(2): from here on /proc/sys/net is that of the network namespace at `path`. */
  enterNetns(path: string): void
  /** Back to the network namespace in which the process was started: only to look why something failed. */
  leaveNetns(): void
  writeStdout(text: string): void
  writeStderr(text: string): void
}

/** Far above any request (the largest seen has 1.6 kB), far below what would exhaust a node. */
export const MAX_STDIN_BYTES = 32 * 1024 * 1024
