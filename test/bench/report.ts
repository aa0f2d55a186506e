import { release } from 'node:os'
import { ADD, addOf, NOTHING } from './cases.ts'
import { EMPTY, type Executable, NATIVE, PEER, PKG } from './executables.ts'
import type { Measured } from './sample.ts'

/** The kernel's version, without what a distribution adds. */
export const LINUX = release().replace(/-.*/, '')

export interface Report {
  readonly runs: number
  readonly executables: readonly Executable[]
  readonly measured: readonly Measured[]
}

/** What is to be reached: the quotient of two things that were measured, and the most that it may be. */
export interface Target {
  readonly what: string
  readonly quotient: number
  readonly most: number
}

export function formatJson({ runs, executables, measured }: Report): string {
  const sizes = Object.fromEntries(executables.map(({ name, bytes }) => [name, bytes]))
  const targets = compareTargets(measured)
  return JSON.stringify({ unit: 'ms', linux: LINUX, node: process.version, runs, sizes, measured, targets })
}

/** A table in Markdown that can be read as it is, and the targets. */
export function formatText({ runs, executables, measured }: Report): string {
  const lines = [...new Set(measured.map(({ what }) => what))].sort(
    (a, b) => Number(b === NOTHING) - Number(a === NOTHING),
  )
  const row = (what: string, format: (found: Measured) => string) => [
    what,
    ...executables.map(({ name }) => {
      const found = find(measured, what, name)
      return found === undefined ? '' : format(found)
    }),
  ]
  const rows = [
    ['', ...executables.map(({ name }) => name)],
    ...lines.map((what) => row(what, ({ median, p95 }) => `${median.toFixed(2)} / ${p95.toFixed(2)}`)),
    ['memory, MB', ...row(ADD, ({ kilobytes }) => (kilobytes / 1024).toFixed(1)).slice(1)],
    ['size, MB', ...executables.map(({ bytes }) => (bytes / 1e6).toFixed(2))],
  ]
  const targets = compareTargets(measured).map(
    ({ what, quotient, most }) =>
      `- ${what}: ${quotient.toFixed(2)}; at most ${most.toFixed(2)}: ${quotient <= most ? 'met' : 'missed'}`,
  )
  return [
    `Whole processes, milliseconds, median / 95th percentile of ${runs} rounds in random order; Linux ${LINUX}.`,
    '',
    ...formatMarkdown(rows),
    '',
    ...targets,
  ].join('\n')
}

export function find(measured: readonly Measured[], what: string, who: string): Measured | undefined {
  return measured.find((each) => each.what === what && each.who === who)
}

function compareTargets(measured: readonly Measured[]): Target[] {
  const of = (what: string, who: string, member: 'median' | 'kilobytes' = 'median') =>
    find(measured, what, who)?.[member] ?? Number.NaN
  const peer = [
    { what: 'native / tuning, ADD of 3 sysctls', quotient: of(ADD, NATIVE) / of(ADD, PEER), most: 0.7 },
    { what: 'native / tuning, ADD of 100 sysctls', quotient: of(addOf(100), NATIVE) / of(addOf(100), PEER), most: 1 },
    {
      what: 'native / tuning, memory',
      quotient: of(ADD, NATIVE, 'kilobytes') / of(ADD, PEER, 'kilobytes'),
      most: 0.6,
    },
  ]
  return [
    ...(find(measured, ADD, PEER) === undefined ? [] : peer),
    { what: 'pkg / empty script, ADD of 3 sysctls', quotient: of(ADD, PKG) / of(NOTHING, EMPTY), most: 1.15 },
  ]
}

function formatMarkdown([head = [], ...rows]: readonly (readonly string[])[]): string[] {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [head, rule, ...rows].map(line)
}
