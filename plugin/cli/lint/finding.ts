/** Something that lint has to say of a file. */
export interface Finding {
  readonly file: string
  readonly line: number
  readonly column: number
  /** `error`: pods will not start, or not get what was meant. `warning`: it may not be what was meant. */
  readonly level: 'error' | 'warning'
  readonly message: string
  readonly rule: Rule
}

/** What kind of finding it is; stable, for programs. */
export type Rule =
  | 'syntax'
  | 'repeated'
  | 'unknown-member'
  | 'invalid'
  | 'policy'
  | 'kernel'
  | 'cut'
  | 'overwritten'
  | 'interface'
  | 'conf-all'
  | 'chain'
  | 'tuning'
  | 'ipv6'
  | 'pod'
  | 'pattern'
  | 'allowlist'
  | 'not-in-force'
  | 'unknown-file'

/** A finding that still lacks its file and place: `at` is the member that it is about. */
export interface Remark {
  readonly at: readonly PropertyKey[]
  readonly level: Finding['level']
  readonly message: string
  readonly rule: Rule
}

/** A remark whose place in the file is known. */
export type PlacedRemark = Omit<Finding, 'file'>
