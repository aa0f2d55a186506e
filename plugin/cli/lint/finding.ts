/** Something that lint has to say of a file. */
export interface Finding {
  readonly file: string
  readonly line: number
  readonly column: number
  /** `error`: pods will not start, or not get what was meant. `warning`: it may not be what was meant. */
  readonly level: 'error' | 'warning'
  readonly message: string
}

/** A finding that still lacks its file and place: `at` is the member that it is about. */
export interface Remark {
  readonly at: readonly PropertyKey[]
  readonly level: Finding['level']
  readonly message: string
}
