import type { Problem } from '../cni/error.ts'
import { ErrorCode } from '../cni/error.ts'

/** A line of sysctl.d(5): its name, with `-` where it may fail, and its value. */
export interface SysctlLine {
  readonly name: string
  readonly value: string
}

/** What is wrong in a line. */
interface Fault {
  readonly what: string
  readonly details: string
}

/** Text behind a value that cannot be part of it: no value has a "=", or a blank before "#" or ";". */
const TRAILERS: readonly (Fault & { readonly pattern: RegExp })[] = [
  { pattern: /=/, what: 'has a second "=" in it', details: 'one "name = value" a line, and nothing else in it' },
  {
    pattern: /(^|\s)[#;]/,
    what: 'has a comment behind its value',
    details: 'a comment has a line of its own, as in sysctl.d(5)',
  },
]

/**
 * Reads sysctl.d(5) text: one `name = value` a line, blank lines and comments (`#`, `;`) left out. A line that is
 * neither adds a problem with code 7 that names `source` and the line's number.
 */
export function parseSysctlLines(text: string, source: string, problems: Problem[]): SysctlLine[] {
  return text.split('\n').flatMap((raw, index) => {
    const line = raw.trim()
    if (line === '' || line.startsWith('#') || line.startsWith(';')) return []
    const separator = line.indexOf('=')
    const name = line.slice(0, separator).trim()
    const value = line.slice(separator + 1).trim()
    // Without a separator `name` is a piece of the line.
    const isLine = separator > 0 && !/\s/.test(name)
    const fault = isLine ? TRAILERS.find(({ pattern }) => pattern.test(value)) : MALFORMED
    if (fault === undefined) return [{ name, value }]
    problems.push({
      code: ErrorCode.invalidConfig,
      msg: `${source}, line ${index + 1}: ${JSON.stringify(line.slice(0, MOST_SHOWN))} ${fault.what}`,
      details: fault.details,
      at: ['line', index + 1],
    })
    return []
  })
}

const MALFORMED: Fault = { what: 'is not "name = value"', details: 'one "name = value" a line, as in sysctl.d(5)' }

const MOST_SHOWN = 80
