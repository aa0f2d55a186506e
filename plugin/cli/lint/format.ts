import type { Paint } from '../paint.ts'
import type { Finding } from './finding.ts'
import type { Folder } from './input.ts'

/** The result of lint. */
export interface LintReport {
  readonly files: readonly string[]
  readonly findings: readonly Finding[]
  readonly folders: readonly Folder[]
  readonly notLookedAt: readonly string[]
  readonly notes: readonly string[]
}

/** A line for each finding, as compilers write them, and notes. */
export function formatLint({ files, findings, folders, notLookedAt, notes }: LintReport, paint: Paint): string {
  const lines = findings.map(({ file, line, column, level, message }) => {
    const place = paint.bold(`${printable(file)}:${line}:${column}:`)
    return `${place} ${level === 'error' ? paint.red(level) : paint.yellow(level)}: ${printable(message)}\n`
  })
  const clean = files.filter((file) => !findings.some((finding) => finding.file === file))
  const fine = clean.map((file) => `${paint.bold(printable(file))}: ${paint.green('nothing found')}\n`)
  const inForce = folders.map(({ folder, inForce: file }) => {
    return paint.dim(`${printable(folder)}: containerd and CRI-O load ${printable(file)}, the first by name\n`)
  })
  const missing = notLookedAt.map((each) => paint.dim(`not looked at: ${each}\n`))
  return [...lines, ...fine, ...inForce, ...missing, ...notes.map((each) => paint.dim(`note: ${each}\n`))].join('')
}

/** Names and values come from files, which anybody may have written. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
