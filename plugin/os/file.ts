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
