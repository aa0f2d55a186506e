import type { Problem } from '../cni/error.ts'
import { ErrorCode } from '../cni/error.ts'

/** A line of sysctl.d(5): its name, with `-` where it may fail, and its value. */
export interface SysctlLine {
  readonly name: string
  readonly value: string
}

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
    if (separator > 0 && name !== '' && !/\s/.test(name)) return [{ name, value: line.slice(separator + 1).trim() }]
    problems.push({
      code: ErrorCode.invalidConfig,
      msg: `${source}, line ${index + 1}: ${JSON.stringify(line.slice(0, MOST_SHOWN))} is not "name = value"`,
      details: 'one "name = value" a line, as in sysctl.d(5)',
      at: ['line', index + 1],
    })
    return []
  })
}

const MOST_SHOWN = 80
