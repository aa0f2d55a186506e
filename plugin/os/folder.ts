import type { FileStatus } from './file.ts'

/** An open folder: its content is reached by the descriptor, even if its path leads elsewhere by now. */
export interface Folder {
  readonly path: string
  readonly fd: number
}

/** What an operating system does with folders and their content. `at` is the folder of a name. */
export interface Folders {
  /** O_DIRECTORY|O_NOFOLLOW; undefined if there is nothing (ENOENT). */
  openFolder(path: string, at?: Folder): Folder | undefined
  /** The folder and all above it up to the root, found by `..`, so without symbolic links. */
  foldersFrom(folder: Folder): readonly FileStatus[]
  /** Whether the name in `at` still is this folder. */
  isStillAt(folder: Folder, name: string, at: Folder): boolean
  /** Makes one folder; false if there is something of that name, or `at` itself was removed. */
  makeFolder(name: string, mode: number, at: Folder): boolean
  /** rmdir(2); false if the folder is missing or not empty. */
  removeFolder(name: string, at: Folder): boolean
  /** Every name in it; none if it was removed meanwhile. */
  namesIn(folder: Folder): readonly string[]
  /**
   * `FOLDER/NAME` for every name in each folder in it, and `FOLDER/` for an empty one, unordered and without looking at
   * the files. Throws OsError for the first folder that cannot be read.
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

/** Runtimes do not read files with this ending as configurations, and nobody else uses it. */
export const UNFINISHED = '.netns-sysctl~'

/** Far more than any record, allowlist or conflist, far too little to exhaust a node. */
export const MAX_FILE_BYTES = 32 * 1024 * 1024
