/** Functions for files that do not read the whole file, and renaming: part of the seam. */
export interface Looking {
  /** As many bytes of a file as there are from `offset` on, at most `length`. */
  readPart(path: string, offset: number, length: number): Uint8Array
  /** A text that changes when a file is written, replaced or touched; symbolic links are followed. */
  fileVersion(path: string): string
  /** readlink(2): what a symbolic link says; EINVAL for anything else. */
  readLink(path: string): string
  /** rename(2), on the disk when it returns; `to` is replaced. Both are in one folder. */
  rename(from: string, to: string): void
}
