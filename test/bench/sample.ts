/** One thing to be measured: a whole process, from its start to its end, by name. */
export interface Case {
  readonly name: string
  /** Runs the process to its end once; throws where it did not end as it should. */
  readonly run: () => void
}

/** The times of one case in milliseconds. */
export interface Timing {
  readonly name: string
  readonly median: number
  readonly p95: number
}

/**
 * Measures all cases in one go, in a new random order each round, so that what else the machine does meets them alike.
 * The first rounds, which fill the page cache, do not count.
 */
export function measure(cases: readonly Case[], rounds: number, warmUp: number): Timing[] {
  const times = new Map<Case, number[]>(cases.map((each) => [each, []]))
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const each of shuffle(cases)) {
      const start = process.hrtime.bigint()
      each.run()
      const elapsed = Number(process.hrtime.bigint() - start) / 1e6
      if (round >= 0) times.get(each)?.push(elapsed)
    }
  }
  return [...times].map(([{ name }, samples]) => ({
    name,
    median: percentile(samples, 0.5),
    p95: percentile(samples, 0.95),
  }))
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
