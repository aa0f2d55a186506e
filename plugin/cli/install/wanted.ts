import type { JsonObject } from '../../config/members.ts'
import type { Os } from '../../os/os.ts'
import { CliError, UsageError } from '../cli-error.ts'
import { lintEntry } from '../lint/entry.ts'
import { OWN_TYPE } from '../own-type.ts'
import { readKernel } from '../rehearse/kernel.ts'
import type { RehearsalOptions } from '../rehearse/place.ts'
import type { WantedEntry } from './conflist.ts'

/** The entry that the options describe. Throws UsageError for what is no assignment. */
export function parseWanted(assignments: readonly string[], inherit: readonly string[], first = false): WantedEntry {
  const pairs = assignments.map(parseAssignment)
  const names = pairs.map(([name]) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new UsageError(`--sysctl ${twice} is given twice`)
  return {
    ...(pairs.length > 0 && { sysctl: Object.fromEntries(pairs) }),
    ...(inherit.length > 0 && { inherit }),
    ...(first && { first }),
  }
}

/** How an entry is checked before it is installed. */
export interface CheckOptions extends RehearsalOptions {
  /** Whether what cannot be rehearsed is installed all the same. */
  readonly isUnchecked: boolean
}

/**
 * Rehearses an entry, and refuses here what ADD would refuse later, in every pod; what is to be said aloud beside that.
 * Throws CliError with all of it, and where it cannot be rehearsed.
 */
export function checkWanted(os: Os, wanted: WantedEntry, { isUnchecked, ...options }: CheckOptions): string[] {
  const entry: JsonObject = { type: OWN_TYPE, ...wanted }
  const kernel = readKernel(os, [{ entry }], options)
  const remarks = lintEntry(entry, kernel)
  const errors = remarks.filter(({ level }) => level === 'error').map(({ message }) => message)
  if (errors.length > 0) throw new CliError(errors.join('; '))
  const missing = kernel.notLookedAt.map((each) => `not looked at: ${each}`)
  if (missing.length > 0 && !isUnchecked) {
    throw new CliError(`${missing.join('; ')}; --unchecked installs it all the same`)
  }
  const warnings = remarks.filter(({ level }) => level === 'warning').map(({ message }) => `warning: ${message}`)
  return [...warnings, ...missing, ...kernel.notes.map((note) => `note: ${note}`)]
}

function parseAssignment(text: string): [string, string] {
  const separator = text.indexOf('=')
  if (separator <= 0) throw new UsageError(`--sysctl ${text} is not KEY=VALUE`)
  return [text.slice(0, separator).trim(), text.slice(separator + 1).trim()]
}
