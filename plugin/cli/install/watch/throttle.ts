/** How often a file is repaired without a pause. */
const BURST = 10
/** After that, once in so many milliseconds: less than a second, by which the entry has to be back. */
const REST_MS = 200

/** Limits the rate if two programs keep rewriting one file. */
export interface Throttle {
  /** Called after a file was repaired. */
  note(now: number): void
  /** How long to wait before the next time, in milliseconds. */
  restAt(now: number): number
  /** Whether somebody keeps rewriting it. */
  isWar(now: number): boolean
}

export function createThrottle(): Throttle {
  // How many repairs are left without a pause; one more after each REST_MS.
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
