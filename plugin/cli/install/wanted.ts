import { UsageError } from '../cli-error.ts'
import type { WantedEntry } from './conflist.ts'

/** The entry that the options describe. Throws UsageError for an invalid assignment. */
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

function parseAssignment(text: string): [string, string] {
  const separator = text.indexOf('=')
  if (separator <= 0) throw new UsageError(`--sysctl ${text} is not KEY=VALUE`)
  return [text.slice(0, separator).trim(), text.slice(separator + 1).trim()]
}
