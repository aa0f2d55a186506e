/** The state of a queue. */
export type State =
  /** It drops connections now. */
  | 'overflowing'
  /** It has dropped connections since it was made. */
  | 'overflowed'
  /** It is shorter than its server wants, because of net.core.somaxconn. */
  | 'cut'
  | 'fine'

/** The data of a queue, from one look or two. */
export interface Seen {
  readonly waiting: number
  readonly limit: number
  /** Undefined if the kernel does not tell. */
  readonly dropped: number | undefined
  /** The look before, and how many seconds ago it was. */
  readonly earlier?: { readonly waiting: number; readonly dropped: number | undefined; readonly seconds: number }
}

/** The kernel queues one more than the limit: sk_acceptq_is_full(). */
function isFull({ waiting, limit }: Pick<Seen, 'waiting' | 'limit'>): boolean {
  return waiting > limit
}

/** Whether hardly any more can wait. */
function isNearlyFull({ waiting, limit }: Pick<Seen, 'waiting' | 'limit'>): boolean {
  return waiting >= limit * 0.75
}

export function findState(seen: Seen, isCut: boolean): State {
  if (isFull(seen) || droppedMeanwhile(seen) > 0) return 'overflowing'
  if ((seen.dropped ?? 0) > 0) return 'overflowed'
  return isCut ? 'cut' : 'fine'
}

/** What happens in the queue, in words; undefined if there is nothing to report. */
export function explainState(seen: Seen): string | undefined {
  const { earlier, dropped } = seen
  const meanwhile = droppedMeanwhile(seen)
  if (earlier !== undefined && meanwhile > 0) {
    const lost = `${meanwhile} dropped in ${earlier.seconds} s`
    const stayedFull = isNearlyFull(seen) && isNearlyFull({ waiting: earlier.waiting, limit: seen.limit })
    return stayedFull
      ? `it accepts too slowly: full before and after, ${lost}; a longer queue would only fill later`
      : `bursts come faster than it accepts: ${lost}, and not full in between; a longer queue helps`
  }
  if (isFull(seen)) {
    return earlier === undefined
      ? 'full now: it accepts too slowly, or a burst has come; --interval 5 tells'
      : `full now, nothing dropped in ${earlier.seconds} s`
  }
  return dropped !== undefined && dropped > 0 ? `${dropped} dropped since it listens` : undefined
}

/** Connections that were dropped between two looks. */
export function droppedMeanwhile({ dropped, earlier }: Seen): number {
  if (earlier?.dropped === undefined || dropped === undefined) return 0
  return Math.max(0, dropped - earlier.dropped)
}
