import { readFileSync } from 'node:fs'

/** A change of the source that some test should notice. */
export interface Mutant {
  readonly id: string
  readonly file: string
  readonly line: number
  readonly what: string
}

/** What run.ts gives to the process that runs the tests. */
export interface Work {
  /** Sources with every mutant in them, each behind a switch, by their paths. */
  readonly sources: Readonly<Record<string, string>>
  readonly mutants: readonly Mutant[]
  /** The test files. */
  readonly tests: readonly string[]
  /** The file for the ids of the survivors, a line each. */
  readonly output: string
}

export const WORK = 'NETNS_SYSCTL_MUTANTS'

export function readWork(): Work {
  return JSON.parse(readFileSync(process.env[WORK] ?? '', 'utf8')) as Work
}
