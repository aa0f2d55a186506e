import * as rows from './rows.ts'
import type { Measured } from './sample.ts'

/** A target: the quotient of two measurements, or milliseconds, and its limit. */
export interface Target {
  readonly what: string
  readonly value: number
  readonly most: number
  readonly unit: '×' | 'ms'
}

export function find(measured: readonly Measured[], what: string, who: string): Measured | undefined {
  return measured.find((each) => each.what === what && each.who === who)
}

/** Those whose rows were measured. */
export function compareTargets(measured: readonly Measured[]): Target[] {
  const of = (what: string, who: string) => find(measured, what, who)?.median ?? Number.NaN
  const toPeer = (what: string, most: number): Target => {
    return { what: `native / tuning: ${what}`, value: of(what, rows.NATIVE) / of(what, rows.PEER), most, unit: '×' }
  }
  const lockAndCookie = of(rows.ADD, rows.FLOOR) - of(rows.UNLOCKED, rows.FLOOR)
  const targets: Target[] = [
    ...(
      [
        [3, 0.5],
        [100, 0.8],
        [400, 1.2],
      ] as const
    ).flatMap(([count, most]) => [toPeer(rows.addOf(count), most), toPeer(rows.byName(count), most)]),
    toPeer(rows.atOnce(64), 0.45),
    toPeer(rows.COLD, 0.55),
    toPeer(rows.MEMORY, 0.4),
    {
      what: 'native: ADD, 3 sysctls, beside 10,000 records / beside none',
      value: of(rows.beside(10_000), rows.NATIVE) / of(rows.ADD, rows.NATIVE),
      most: 1.05,
      unit: '×',
    },
    { what: `native: ${rows.gcOf(10_000)}`, value: of(rows.gcOf(10_000), rows.NATIVE), most: 50, unit: 'ms' },
    { what: 'the calls for lock and cookie', value: lockAndCookie, most: 0.05, unit: 'ms' },
    {
      what: 'pkg / an empty script, packed alike: ADD, 3 sysctls',
      value: of(rows.ADD, rows.PKG) / of(rows.NOTHING, rows.PKG),
      most: 1.18,
      unit: '×',
    },
  ]
  return targets.filter(({ value }) => !Number.isNaN(value))
}

export function formatTarget({ what, value, most, unit }: Target): string {
  const sign = unit === 'ms' ? ' ms' : ' ×'
  const verdict = value < 0 ? 'too little to be seen in this run' : value <= most ? 'met' : 'missed'
  return `- ${what}: ${value.toFixed(value < 0.1 ? 3 : 2)}${sign}; at most ${most}${sign}: ${verdict}`
}
