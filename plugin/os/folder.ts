import type { FileStatus } from './file.ts'

/** A folder that is open: what is in it is reached by its descriptor, wherever its path leads by now. */
export interface Folder {
  readonly path: string
  readonly fd: number
}

/** What an operating system does with folders and with what is in them. `at` is the folder that a name is in. */
export interface Folders {
  /** O_DIRECTORY|O_NOFOLLOW; undefined if there is nothing (ENOENT). */
  openFolder(path: string, at?: Folder): Folder | undefined
  /** The folder and those above it up to the root, by `..`: no symbolic link in its path is among them. */
  foldersFrom(folder: Folder): readonly FileStatus[]
  /** Whether the name in `at` still is this folder. */
  isStillAt(folder: Folder, name: string, at: Folder): boolean
  /** Makes one folder; false if there is something of that name, or `at` itself was removed. */
  makeFolder(name: string, mode: number, at: Folder): boolean
  /** rmdir(2); false if it is missing or not empty. */
  removeFolder(name: string, at: Folder): boolean
  /** Every name in it; none where it was removed since. */
  namesIn(folder: Folder): readonly string[]
  /**
   * `FOLDER/NAME` for every name in each folder in it, and `FOLDER/` for one that is empty, in no order: nothing but
   * names. Throws OsError for the first folder that cannot be read.
   */
  namesBelow(folder: Folder): readonly string[]
  /** flock(2) with LOCK_EX|LOCK_NB on the descriptor; false if another process has it. It ends with the descriptor. */
  tryLock(folder: Folder): boolean
  /** The text of a file; undefined if there is none. EINVAL for what is not a regular file, EFBIG above {@link MAX_FILE_BYTES}. */
  readIfExists(path: string, at?: Folder): string | undefined
  /**
   * Puts a text in the place of a file, durably, whole or not at all. It is written to a new file of a name that ends with
   * {@link UNFINISHED}.
   */
  replaceFile(name: string, text: string, mode: number, at: Folder): void
  /** unlink(2); false if there is none. */
  removeFile(path: string, at?: Folder): boolean
  /** Seconds since the file was written; negative where the clock was set back; undefined if there is none. */
  ageOf(name: string, at: Folder): number | undefined
}

/** No runtime takes a file with such an end for a configuration, and nobody else gives a file such an end. */
export const UNFINISHED = '.netns-sysctl~'

/** Far above any record, allowlist or conflist, far below what would exhaust a node. */
export const MAX_FILE_BYTES = 32 * 1024 * 1024
