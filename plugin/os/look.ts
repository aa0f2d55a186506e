/** What an operating system tells of files without reading all of them, and how it renames them: part of the seam. */
export interface Looking {
  /** As many bytes of a file as there are from `offset` on, at most `length`. */
  readPart(path: string, offset: number, length: number): Uint8Array
  /** What is another text after a file was written, replaced or touched, of what a symbolic link leads to. */
  fileVersion(path: string): string
  /** readlink(2): what a symbolic link says; EINVAL for anything else. */
  readLink(path: string): string
  /** rename(2), on the disk when it returns; `to` is replaced. Both are in one folder. */
  rename(from: string, to: string): void
}
