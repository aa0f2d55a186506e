/** A finding of lint. */
export interface Finding {
  readonly file: string
  readonly line: number
  readonly column: number
  /** `error`: pods will not start, or not get the wanted values. `warning`: it may be a mistake. */
  readonly level: 'error' | 'warning'
  readonly message: string
  readonly rule: Rule
}

/** The kind of finding; stable, for programs. */
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

/** A finding without its file and place: `at` is its member. */
export interface Remark {
  readonly at: readonly PropertyKey[]
  readonly level: Finding['level']
  readonly message: string
  readonly rule: Rule
}

/** A remark with its place in the file. */
export type PlacedRemark = Omit<Finding, 'file'>
