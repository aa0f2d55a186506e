import { describe, expect, test } from 'vitest'
import { formatChart } from '../bench/chart.ts'
import { HELP, parseOptions } from '../bench/options.ts'
import { formatText } from '../bench/report.ts'
import * as rows from '../bench/rows.ts'
import type { Measured } from '../bench/sample.ts'
import { formatSvg } from '../bench/svg.ts'
import { compareTargets, formatTarget } from '../bench/targets.ts'

const measured = (what: string, who: string, median: number): Measured => ({
  what,
  who,
  runs: 1,
  median,
  p95: 2 * median,
})

/** Every row in every column. */
const ALL = rows.ROWS.flatMap((what, index) => rows.COLUMNS.map((who) => measured(what, who, index + 1)))
const REPORT = { runs: 1, isCpuTime: false, executables: [], measured: ALL }

describe('the targets', () => {
  test('each is compared with what it names', () => {
    const found = compareTargets([
      measured(rows.ADD, rows.NATIVE, 1),
      measured(rows.ADD, rows.PEER, 4),
      measured(rows.beside(10_000), rows.NATIVE, 1.2),
      measured(rows.gcOf(10_000), rows.NATIVE, 60),
      measured(rows.ADD, rows.FLOOR, 0.31),
      measured(rows.UNLOCKED, rows.FLOOR, 0.3),
    ])
    expect(found.map(formatTarget)).toEqual([
      '- native / tuning: ADD, 3 sysctls: 0.25 ×; at most 0.5 ×: met',
      '- native: ADD, 3 sysctls, beside 10,000 records / beside none: 1.20 ×; at most 1.05 ×: missed',
      '- native: GC, 10,000 valid records: 60.00 ms; at most 50 ms: missed',
      '- the calls for lock and cookie: 0.010 ms; at most 0.05 ms: met',
    ])
  })

  test('a difference below nothing is none', () => {
    const found = compareTargets([measured(rows.ADD, rows.FLOOR, 0.3), measured(rows.UNLOCKED, rows.FLOOR, 0.31)])
    expect(found.map(formatTarget)).toEqual([
      '- the calls for lock and cookie: -0.010 ms; at most 0.05 ms: too little to be seen in this run',
    ])
  })

  test('all of them have rows', () => {
    expect(compareTargets(ALL)).toHaveLength(13)
  })
})

describe('what is drawn and written', () => {
  test('every row stands in the table', () => {
    const text = formatText(REPORT)
    for (const row of rows.ROWS) expect(text).toContain(`| ${row} `)
  })

  test.each([
    ['bars', formatSvg],
    ['lines', formatChart],
  ])('%s are numbers', (_, format) => {
    expect(format(REPORT)).toMatch(/^<svg [\s\S]*<\/svg>\n$/)
    expect(format(REPORT)).not.toMatch(/NaN|Infinity|undefined/)
  })

  test('a run of few rows can be drawn', () => {
    const few = { ...REPORT, measured: [measured(rows.ADD, rows.NATIVE, 1)] }
    for (const format of [formatSvg, formatChart]) expect(format(few)).not.toMatch(/NaN|Infinity|undefined/)
  })
})

describe('the options', () => {
  test('each is told by --help', () => {
    const { isHelp } = parseOptions(['--help'])
    expect(isHelp).toBe(true)
    for (const name of ['runs', 'rows', 'without', 'peer', 'json', 'svg', 'cpu', 'no-build', 'list', 'help']) {
      expect(HELP).toContain(`--${name} `)
    }
  })

  test('rows and columns can be given more than once', () => {
    const {
      rows: chosen,
      without,
      isBuilt,
    } = parseOptions(['--rows', 'GC', '--rows=ADD', '--without', 'pkg', '--no-build'])
    expect({ chosen, without, isBuilt }).toEqual({ chosen: ['GC', 'ADD'], without: ['pkg'], isBuilt: true })
  })

  test.each(['0', '-1', '1.5', 'many'])('--runs %s is refused', (runs) => {
    expect(() => parseOptions([`--runs=${runs}`])).toThrow(`--runs ${runs}: must be a whole number above 0`)
  })
})
