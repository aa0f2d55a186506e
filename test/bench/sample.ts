import { setImmediate } from 'node:timers/promises'

/** One thing to be measured: whole processes, from the start of the first to the end of the last, or their memory. */
export interface Case {
  /** The work: a row of the table. */
  readonly what: string
  /** The program: a column. */
  readonly who: string
  /** It runs once in so many rounds, `times` times. */
  readonly every: number
  readonly times?: number
  /** Restores the state of before {@link run}. */
  readonly prepare: () => void
  /** Milliseconds, or megabytes. */
  readonly run: () => number
}

/** Milliseconds, or megabytes. */
export interface Measured extends Pick<Case, 'what' | 'who'> {
  readonly runs: number
  readonly median: number
  readonly p95: number
}

/**
 * Measures all cases together, in a new random order each round, so that other work of the machine affects all equally.
 * The first rounds, which fill the page cache, do not count. Rejects after a round if `signal` is aborted.
 */
export async function measure(
  cases: readonly Case[],
  rounds: number,
  warmUp: number,
  signal: AbortSignal,
): Promise<Measured[]> {
  const samples = new Map<Case, number[]>(cases.map((each) => [each, []]))
  for (let round = -warmUp; round < rounds; round += 1) {
    const due = cases.filter(({ every }) => round % every === 0)
    for (const each of shuffle(due.flatMap((each) => Array.from({ length: each.times ?? 1 }, () => each)))) {
      each.prepare()
      const sample = each.run()
      if (round >= 0) samples.get(each)?.push(sample)
    }
    await setImmediate() // Signals are handled here.
    signal.throwIfAborted()
  }
  return [...samples].map(([{ what, who }, ran]) => {
    return { what, who, runs: ran.length, median: percentile(ran, 0.5), p95: percentile(ran, 0.95) }
  })
}

/** Fisher and Yates's. */
function shuffle<T>(items: readonly T[]): T[] {
  const shuffled = [...items]
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1))
    ;[shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T]
  }
  return shuffled
}

/** The sample that `share` of all samples do not exceed. */
function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}
