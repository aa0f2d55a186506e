import type { Problem } from '../cni/error.ts'
import { ErrorCode } from '../cni/error.ts'

/** A line of sysctl.d(5): its name, with `-` where it may fail, and its value. */
export interface SysctlLine {
  readonly name: string
  readonly value: string
}

/** Text behind a value that cannot be part of it: no value has a "=", or a blank before "#" or ";". */
const TRAILERS: readonly (readonly [pattern: RegExp, what: string, details: string])[] = [
  [/=/, 'has a second "=" in it', 'one "name = value" a line, and nothing else in it'],
  [/(^|\s)[#;]/, 'has a comment behind its value', 'a comment has a line of its own, as in sysctl.d(5)'],
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
    const isLine = separator > 0 && name !== '' && !/\s/.test(name)
    const [, what, details] = isLine ? (TRAILERS.find(([pattern]) => pattern.test(value)) ?? []) : MALFORMED
    if (what === undefined) return [{ name, value }]
    problems.push({
      code: ErrorCode.invalidConfig,
      msg: `${source}, line ${index + 1}: ${JSON.stringify(line.slice(0, MOST_SHOWN))} ${what}`,
      ...(details !== undefined && { details }),
      at: ['line', index + 1],
    })
    return []
  })
}

const MALFORMED = [undefined, 'is not "name = value"', 'one "name = value" a line, as in sysctl.d(5)'] as const

const MOST_SHOWN = 80
