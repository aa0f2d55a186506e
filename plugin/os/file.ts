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
