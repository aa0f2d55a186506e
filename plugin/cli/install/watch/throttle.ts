/** So many times a file is put right without a word. */
const BURST = 10
/** From then on, one time in so many milliseconds: less than the second in which the entry is to be back. */
const REST_MS = 200

/** Keeps two that rewrite one file from doing it as fast as they can. */
export interface Throttle {
  /** A file was put right. */
  note(now: number): void
  /** How long to wait before the next time, in milliseconds. */
  restAt(now: number): number
  /** Whether somebody rewrites again and again. */
  isWar(now: number): boolean
}

export function createThrottle(): Throttle {
  // What is left of the burst, at a time; it comes back by one in REST_MS.
  let left = BURST
  let since = 0
  let isTired = false
  const fill = (now: number) => {
    left = Math.min(BURST, left + (now - since) / REST_MS)
    since = now
    if (left < 1) isTired = true
    if (left === BURST) isTired = false
  }
  return {
    note(now) {
      fill(now)
      left -= 1
    },
    restAt(now) {
      fill(now)
      return Math.max(0, Math.ceil((1 - left) * REST_MS))
    },
    isWar(now) {
      fill(now)
      return isTired
    },
  }
}
