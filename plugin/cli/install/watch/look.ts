import { catchOsError, type Os, OsError } from '../../../os/os.ts'
import { executableIn } from '../bin-dir.ts'
import { planCopy } from '../copy.ts'
import { whileLocked } from '../lock.ts'
import { type Edit, type Place, planPlace } from '../place.ts'
import type { Step } from '../steps.ts'

/** What is to be kept in place. */
export interface Job {
  readonly binDir: string
  readonly place: Place
  readonly edit: Edit
}

export interface Look {
  /** The network's file; undefined where there is none yet. */
  readonly source: string | undefined
  /** What had to be done, and was. */
  readonly done: readonly Step[]
  readonly warnings: readonly string[]
}

/** So long a file that was replaced by deleting it may be away. */
const GRACE_MS = 400
/** So long a file that is written in place may be a half. */
const HALF_MS = 60
const HALVES = 4
/** Less than the second in which the entry is to be back. */
const LONGEST_WAIT_MS = 500

/**
 * Looks whether all is as it should be, and puts right what is not; called again and again, it knows what it has seen.
 * Undefined where a signal has come meanwhile. Throws CliError and OsError.
 */
export function createLook(os: Os, job: Job): () => Look | undefined {
  let known: { readonly path: string; readonly version: string } | undefined
  let source: string | undefined
  const copy = (): Step[] => {
    const path = executableIn(job.binDir)
    const version = catchOsError(() => os.fileVersion(path))
    // Some executables have 117 MB: they are compared only after a change.
    if (known?.path === path && known.version === version) return []
    const step = planCopy(os, job.binDir)
    if (step.isNeeded) step.apply()
    known = { path, version: os.fileVersion(path) }
    return step.isNeeded ? [step] : []
  }
  const look = (): Look | undefined => {
    const copied = copy()
    let planned = planWhole(os, job)
    // Another file in force, or none: whoever deletes a file to write it anew is not at the end yet.
    if (planned !== undefined && source !== undefined && planned.source !== source) {
      if (os.pause(GRACE_MS)) return undefined
      planned = planWhole(os, job)
    }
    if (planned === undefined) return undefined
    source = planned.source
    const steps = planned.steps.filter(({ isNeeded }) => isNeeded)
    for (const step of steps) step.apply()
    return { source, done: [...copied, ...steps], warnings: planned.warnings }
  }
  return () => whileLocked(os, job.binDir, [job.place.folder], look, LONGEST_WAIT_MS)
}

/** A plan for files that nobody is writing just now; undefined where a signal has come. */
function planWhole(os: Os, { place, edit }: Job): ReturnType<typeof planPlace> | undefined {
  for (let left = HALVES; ; left -= 1) {
    try {
      return planPlace(os, place, edit)
    } catch (error) {
      if (left === 0 || (error instanceof OsError && error.errno !== 'ENOENT')) throw error
      if (os.pause(HALF_MS)) return undefined
    }
  }
}
