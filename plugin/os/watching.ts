/** Why {@link Watching.waitForChange} came back. `terminated`: SIGTERM or SIGINT has come. */
export type Wakening = 'changed' | 'timeout' | 'terminated'

/** What a command that stays needs of the operating system: part of the seam, os.ts. */
export interface Watching {
  /**
   * From here on {@link waitForChange} tells what happens in these folders (inotify(7)), and SIGTERM and SIGINT no longer
   * end the process. Called again, it takes in what has taken the place of a folder. ENOENT, or what inotify is short of:
   * EMFILE, ENOSPC.
   */
  watchFolders(paths: readonly string[]): void
  /** Waits at most that many milliseconds. What has happened since it came back the last time is told once. */
  waitForChange(milliseconds: number): Wakening
  /** Waits as long as that; true as soon as SIGTERM or SIGINT has come. */
  pause(milliseconds: number): boolean
  /** Milliseconds since some moment; it goes on evenly, whatever is done to the clock. */
  elapsed(): number
  /** Seconds since 1970. */
  wallClock(): number
}
