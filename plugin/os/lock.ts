import type { Folder } from './folder.ts'
import type { Os } from './os.ts'

/** How long, in milliseconds, a command waits for another one that works on the same container or in the same folder. */
export const LONGEST_WAIT_MS = 10_000
const LONGEST_PAUSE_MS = 32

/** Locks a folder until it is closed or the process ends; false if another process keeps the lock too long. */
export function waitForLock(os: Os, folder: Folder, longestWait: number = LONGEST_WAIT_MS): boolean {
  let waited = 0
  for (let pause = 1; !os.tryLock(folder); pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    if (waited >= longestWait) return false
    os.sleep(pause)
    waited += pause
  }
  return true
}
