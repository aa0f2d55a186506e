import type { Os } from '../../os/os.ts'
import { CliError, UsageError } from '../cli-error.ts'
import { lintEntry } from '../lint/entry.ts'
import { readKernel } from '../lint/kernel.ts'
import { OWN_TYPE } from '../own-type.ts'
import type { WantedEntry } from './conflist.ts'

/** The entry that the options describe. Throws UsageError for what is no assignment. */
export function parseWanted(assignments: readonly string[], inherit: readonly string[]): WantedEntry {
  const pairs = assignments.map(parseAssignment)
  const names = pairs.map(([name]) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new UsageError(`--sysctl ${twice} is given twice`)
  return {
    ...(pairs.length > 0 && { sysctl: Object.fromEntries(pairs) }),
    ...(inherit.length > 0 && { inherit }),
  }
}

/** Refuses here what ADD would refuse later, in every pod. Throws CliError with all of it. */
export function checkWanted(os: Os, wanted: WantedEntry): void {
  const remarks = lintEntry({ type: OWN_TYPE, ...wanted }, readKernel(os))
  const errors = remarks.filter(({ level }) => level === 'error').map(({ message }) => message)
  if (errors.length > 0) throw new CliError(errors.join('; '))
}

function parseAssignment(text: string): [string, string] {
  const separator = text.indexOf('=')
  if (separator <= 0) throw new UsageError(`--sysctl ${text} is not KEY=VALUE`)
  return [text.slice(0, separator).trim(), text.slice(separator + 1).trim()]
}
