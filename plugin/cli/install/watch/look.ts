import { catchOsError, type Os, OsError } from '../../../os/os.ts'
import { CliError } from '../../cli-error.ts'
import { executableIn } from '../bin-dir.ts'
import { planCopy } from '../copy.ts'
import { whileLocked } from '../lock.ts'
import { type Edit, type Place, planPlace } from '../place.ts'
import type { Step } from '../steps.ts'

/** What a watcher keeps in place. */
export interface Job {
  readonly binDir: string
  readonly place: Place
  readonly edit: Edit
}

export interface Look {
  /** The network's file; undefined if there is none yet. */
  readonly source: string | undefined
  /** What was done. */
  readonly done: readonly Step[]
  readonly warnings: readonly string[]
}

/** How long a file may be missing while it is replaced, or incomplete while it is written in place. */
const GRACE_MS = 400
const STEP_MS = 20
/** Less than a second: by then the entry has to be back. */
const LONGEST_WAIT_MS = 500

/**
 * Checks whether everything is in place, and repairs what is not. It is called repeatedly and remembers what it has seen.
 * Undefined if a signal has come. Throws CliError and OsError.
 */
export function createLook(os: Os, job: Job): () => Look | undefined {
  const copy = createCopy(os, job.binDir)
  let source: string | undefined
  const look = (): Look | undefined => {
    const copied = copy()
    for (let waited = 0; ; waited += STEP_MS) {
      const seen = tryOnce(os, job, waited < GRACE_MS ? source : undefined, waited >= GRACE_MS)
      if (seen !== undefined) {
        source = seen.source
        return { ...seen, done: [...copied, ...seen.done] }
      }
      if (os.pause(STEP_MS)) return undefined
    }
  }
  return () => whileLocked(os, job.binDir, [job.place.folder], look, LONGEST_WAIT_MS)
}

/**
 * Undefined if somebody seems to be writing just now, unless this is the last try: another file is in force than
 * `expected`, or the file in force is not a configuration.
 */
function tryOnce(os: Os, { place, edit }: Job, expected: string | undefined, isLast: boolean): Look | undefined {
  try {
    const { source, steps, warnings } = planPlace(os, place, edit)
    if (expected !== undefined && source !== expected) return undefined
    const done = steps.filter(({ isNeeded }) => isNeeded)
    for (const step of done) step.apply()
    return { source, done, warnings }
  } catch (error) {
    const isWriting = error instanceof CliError || (error instanceof OsError && error.errno === 'ENOENT')
    if (isLast || !isWriting) throw error
    return undefined
  }
}

function createCopy(os: Os, binDir: string): () => Step[] {
  let known: { readonly path: string; readonly version: string } | undefined
  return () => {
    const path = executableIn(binDir)
    const version = catchOsError(() => os.fileVersion(path))
    // An executable may have 117 MB: it is compared only after a change.
    if (known?.path === path && known.version === version) return []
    const step = planCopy(os, binDir)
    if (step.isNeeded) step.apply()
    known = { path, version: os.fileVersion(path) }
    return step.isNeeded ? [step] : []
  }
}
