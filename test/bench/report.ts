import { release } from 'node:os'
import type { Executable } from './executables.ts'
import { COLUMNS, ROWS } from './rows.ts'
import type { Measured } from './sample.ts'
import { compareTargets, find, formatTarget } from './targets.ts'

/** The kernel's version, without what a distribution adds. */
export const LINUX = release().replace(/-.*/, '')

export interface Report {
  readonly runs: number
  readonly isCpuTime: boolean
  readonly executables: readonly Executable[]
  readonly measured: readonly Measured[]
}

export function formatJson({ runs, isCpuTime, executables, measured }: Report): string {
  const sizes = executables.map(({ who, kind, bytes }) => ({ who, kind, bytes }))
  const targets = compareTargets(measured)
  return JSON.stringify(
    { linux: LINUX, node: process.version, runs, isCpuTime, sizes, measured, targets },
    undefined,
    1,
  )
}

/** A table in Markdown, aligned for reading as plain text, and the targets. */
export function formatText({ runs, isCpuTime, executables, measured }: Report): string {
  const names = ROWS.filter((row) => measured.some(({ what }) => what === row))
  const sizeOf = (column: string) => {
    const found = executables.find(({ who, kind }) => who === column && kind !== 'empty')
    return found === undefined ? '' : (found.bytes / 1e6).toFixed(2)
  }
  const table = [
    ['', ...COLUMNS, 'native / tuning', 'native / C floor'],
    ...names.map((what) =>
      formatRow(
        what,
        COLUMNS.map((who) => find(measured, what, who)),
      ),
    ),
    ['size, MB', ...COLUMNS.map(sizeOf), '', ''],
  ]
  const targets = compareTargets(measured).map(formatTarget)
  return [
    `Whole processes, milliseconds${isCpuTime ? ' of CPU time' : ''}, median / 95th percentile of ${runs} rounds in random order; Linux ${LINUX}.`,
    '',
    ...formatMarkdown(table),
    '',
    ...targets,
  ].join('\n')
}

function formatRow(what: string, found: readonly (Measured | undefined)[]): string[] {
  const cells = found.map((each) => (each === undefined ? '' : `${format(each.median)} / ${format(each.p95)}`))
  const [native, , peer, floor] = found
  const ratioTo = (other: Measured | undefined) =>
    native === undefined || other === undefined ? '' : (native.median / other.median).toFixed(2)
  return [what, ...cells, ratioTo(peer), ratioTo(floor)]
}

function format(amount: number): string {
  return amount.toFixed(amount < 100 ? 2 : 0)
}

function formatMarkdown([head = [], ...rows]: readonly (readonly string[])[]): string[] {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [head, rule, ...rows].map(line)
}
