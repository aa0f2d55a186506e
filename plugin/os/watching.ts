/** Why {@link Watching.waitForChange} has returned. `terminated`: SIGTERM or SIGINT has come. */
export type Wakening = 'changed' | 'timeout' | 'terminated'

/** What a command that keeps running needs from the operating system: part of the seam, os.ts. */
export interface Watching {
  /**
   * From now on {@link waitForChange} reports changes in these folders (inotify(7)), and SIGTERM and SIGINT no longer
   * end the process. Call it again to watch a folder that was replaced. Throws ENOENT, or inotify's limits:
   * EMFILE, ENOSPC.
   */
  watchFolders(paths: readonly string[]): void
  /** Waits at most that many milliseconds. Everything since the last return is reported once. */
  waitForChange(milliseconds: number): Wakening
  /** Waits that many milliseconds; true as soon as SIGTERM or SIGINT has come. */
  pause(milliseconds: number): boolean
  /** Milliseconds since some moment; changes of the clock do not matter. */
  elapsed(): number
  /** Seconds since 1970. */
  wallClock(): number
}
