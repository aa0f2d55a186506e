import { type Os, OsError } from '../../os/os.ts'
import type { Plan, Write } from '../../plan/plan.ts'
import { leaveAndLookAround } from '../../plan/surroundings.ts'
import { tryToPrepare, tryToRead } from '../../subject/subject.ts'
import type { Surroundings } from '../../subject/surroundings.ts'

/** One setting: the wanted value and the container's. */
export interface Difference {
  readonly name: string
  readonly wanted: string
  /** Null if there is no value, or if it cannot be read. */
  readonly current: string | null
  readonly isSame: boolean
  /** Whether ADD goes on without it: a name with `-`. */
  readonly mayDiffer: boolean
  readonly remark: string
}

interface Reading {
  readonly write: Write
  readonly current: string | null
  readonly error?: OsError
}

/** Compares in the netns that the thread is in, and may leave it. Matches of a glob that ADD would not copy are left out. */
export function compareAll(os: Os, plan: Plan): Difference[] {
  const readings = plan
    .filter((write) => write.onFailure !== 'skip' || isSettable(os, write))
    .map((write) => read(os, write))
  let known: Surroundings | undefined
  const surroundings = () => {
    known ??= leaveAndLookAround(os)
    return known
  }
  return readings.map(({ write, current, error }) => {
    const { subject, value } = write
    const isUnreadable = current === null && error === undefined
    const problem = current === null ? undefined : subject.valueProblem(value, current)
    const isMalformed = problem?.isRefused === true && write.origin !== 'host'
    const isInstead = current !== null && write.instead !== undefined && subject.isKept(write.instead.value, current)
    const isSame = isUnreadable || isInstead || (current !== null && !isMalformed && subject.isKept(value, current))
    const mayDiffer = write.onFailure === 'log'
    const differs = isMalformed ? problem.reason : 'differs'
    const reason = error === undefined ? differs : subject.explainTarget(error, surroundings)
    const remark = isUnreadable
      ? 'cannot be read back'
      : isSame
        ? ''
        : mayDiffer
          ? `${reason} (it may: its name has a "-")`
          : reason
    return { name: subject.name, wanted: value, current, isSame, mayDiffer, remark }
  })
}

function isSettable(os: Os, { subject }: Write): boolean {
  return tryToPrepare(os, subject) === undefined
}

function read(os: Os, write: Write): Reading {
  const current = tryToRead(os, write.subject)
  return current instanceof OsError ? { write, current: null, error: current } : { write, current: current ?? null }
}
