import { catchOsError, type Os, OsError } from '../../../os/os.ts'
import { CliError } from '../../cli-error.ts'
import type { Report } from '../../command.ts'
import { wordError } from '../../errors.ts'
import { createGuard } from './guard.ts'
import { createLook, type Job, type Look } from './look.ts'
import { createReporter } from './reporter.ts'
import { createThrottle } from './throttle.ts'

/** A look from time to time, in case inotify(7) misses something. */
const SLOW_MS = 10_000
/** The same if inotify(7) is not available, or something is not in place. */
const FAST_MS = 500
/** Events within this time are one change. */
const SETTLE_MS = 10

/**
 * Keeps the executable and the entry in place until SIGTERM or SIGINT comes, and leaves them there. Throws
 * OsError if `stateDir` cannot be written.
 */
export function watch(os: Os, job: Job, stateDir: string | undefined): Report {
  const look = createLook(os, job)
  const reporter = createReporter(os, job, stateDir)
  const throttle = createThrottle()
  const guard = createGuard(os, job.place.folder, job.binDir)
  for (;;) {
    // Before the look, so that later changes are reported.
    const unarmed = arm(os, job)
    const isAlone = guard.hold()
    const seen = tryLook(look)
    if (seen === undefined) break
    const now = os.elapsed()
    for (const step of seen.done) if (reporter.tellStep(step)) throttle.note(now)
    const isWar = throttle.isWar(now)
    const isFine = reporter.tellRound({ ...seen, unarmed, isWar, isAlone })
    if (os.waitForChange(isFine && unarmed === undefined ? SLOW_MS : FAST_MS) === 'terminated') break
    if (os.pause(Math.max(SETTLE_MS, throttle.restAt(os.elapsed())))) break
  }
  return reporter.end()
}

/** Watches both folders; returns the reason if it cannot. */
function arm(os: Os, { binDir, place }: Job): string | undefined {
  const failed = catchOsError(() => os.watchFolders([...new Set([binDir, place.folder])]))
  return failed instanceof OsError ? wordError(failed) : undefined
}

interface Seen extends Look {
  /** Why something is not in place and could not be repaired. */
  readonly problem?: string
}

function tryLook(look: () => Look | undefined): Seen | undefined {
  try {
    return look()
  } catch (error) {
    if (!(error instanceof OsError || error instanceof CliError)) throw error
    return { source: undefined, done: [], warnings: [], problem: wordError(error) }
  }
}
