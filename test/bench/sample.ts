/** What one run took. */
export interface Sample {
  readonly milliseconds: number
  /** The most that one of its processes had in memory. */
  readonly kilobytes: number
}

/** One thing to be measured: whole processes, from the start of the first to the end of the last. */
export interface Case {
  /** What is done: a line of the table. */
  readonly what: string
  /** The name of the executable that does it. */
  readonly who: string
  /** It runs in one round of so many. */
  readonly every: number
  /** Has all as it was before {@link run}. */
  readonly prepare: () => void
  readonly run: () => Sample
}

/** Milliseconds and kilobytes. */
export interface Measured extends Pick<Case, 'what' | 'who'> {
  readonly runs: number
  readonly median: number
  readonly p95: number
  /** The median of the maximum resident set sizes. */
  readonly kilobytes: number
}

/**
 * Measures all cases in one go, in a new random order each round, so that what else the machine does meets them alike.
 * The first rounds, which fill the page cache, do not count.
 */
export function measure(cases: readonly Case[], rounds: number, warmUp: number): Measured[] {
  const samples = new Map<Case, Sample[]>(cases.map((each) => [each, []]))
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const each of shuffle(cases.filter(({ every }) => round % every === 0))) {
      each.prepare()
      const sample = each.run()
      if (round >= 0) samples.get(each)?.push(sample)
    }
  }
  return [...samples].map(([{ what, who }, ran]) => {
    const times = ran.map(({ milliseconds }) => milliseconds)
    const kilobytes = percentile(
      ran.map((sample) => sample.kilobytes),
      0.5,
    )
    return { what, who, runs: ran.length, median: percentile(times, 0.5), p95: percentile(times, 0.95), kilobytes }
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
