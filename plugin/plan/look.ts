import { ErrorCode, type Problem, throwProblems } from '../cni/error.ts'
import { type Os, OsError } from '../os/os.ts'
import { tryToPrepare, tryToRead } from '../subject/subject.ts'
import type { Surroundings } from '../subject/surroundings.ts'
import type { Plan, Write } from './plan.ts'
import { findMisfit, type Misfit, reportMisfits } from './shape.ts'
import { leaveAndLookAround } from './surroundings.ts'
import { holdsWanted, isDenied, logIgnored, readOrNone, type Target } from './target.ts'

/** A write that cannot work. */
export interface Failure {
  readonly write: Write
  readonly error: OsError
}

/** The writes of a plan that can work and those that cannot, each in the plan's order. */
export interface Looked {
  readonly targets: readonly Target[]
  readonly failures: readonly Failure[]
  /** Values of the wrong form. Those that can still be written are among the targets too. */
  readonly misfits: readonly Misfit[]
}

/**
 * Checks every subject of the plan, in the netns that the thread is in, and writes nothing. Writes that may fail and would are
 * left out and logged. `beforeReading` is called before the first value is read, unless nothing will be written.
 * Throws one CniError: 2 for each value of the wrong form, 101 with the reason for each write that
 * cannot work.
 */
export function lookAtTargets(os: Os, plan: Plan, beforeReading?: () => void): readonly Target[] {
  const { targets, failures, misfits } = lookAtEach(os, plan, beforeReading)
  for (const { write, error } of failures) if (write.onFailure === 'log') logIgnored(os, write, error)
  const fatal = failures.filter(({ write }) => write.onFailure === 'fail')
  throwProblems([...reportMisfits(os, misfits), ...explainFailures(os, fatal)])
  return targets
}

/** The same, without logs and errors about what cannot be written. */
export function lookAtEach(os: Os, wanted: Plan, beforeReading: () => void = () => undefined): Looked {
  const refusals: (OsError | undefined)[] = []
  const plan = wanted.map((write) => choose(os, write, refusals))
  const isRefused = plan.some((write, index) => refusals[index] !== undefined && write.onFailure === 'fail')
  if (!isRefused && refusals.includes(undefined)) beforeReading()
  const failures: Failure[] = []
  const targets: Target[] = []
  const misfits: Misfit[] = []
  plan.forEach((write, index) => {
    const before = refusals[index] ?? tryToRead(os, write.subject)
    if (before instanceof OsError) {
      failures.push({ write, error: before })
      return
    }
    const target = { write, before }
    const misfit = findMisfit(target)
    if (misfit !== undefined) misfits.push(misfit)
    if (misfit?.problem.isRefused !== true) targets.push(target)
  })
  return { targets, failures, misfits }
}

/** The write, or its replacement if it cannot work; if that cannot work either, adds the reason. */
function choose(os: Os, write: Write, refusals: (OsError | undefined)[]): Write {
  const refusal = findRefusal(os, write)
  if (refusal !== undefined && write.instead !== undefined) return choose(os, write.instead, refusals)
  refusals.push(refusal)
  return write
}

/** Why it cannot be written; undefined if it need not be, because it already has the wanted value. */
function findRefusal(os: Os, write: Write): OsError | undefined {
  const refusal = tryToPrepare(os, write.subject)
  if (refusal === undefined) return undefined
  return isDenied(refusal) && isAsWanted(os, write) ? undefined : refusal
}

/** A sysctl that only shows the node's value, or a counter, is not copied. */
function isAsWanted(os: Os, write: Write): boolean {
  return write.origin !== 'host' && holdsWanted(write, readOrNone(os, write))
}

/** Suggesting a similar name takes a millisecond each, and nobody reads more than these. */
const MOST_EXPLAINED = 32

function explainFailures(os: Os, failures: readonly Failure[]): Problem[] {
  let known: Surroundings | undefined
  const surroundings = () => {
    known ??= leaveAndLookAround(os)
    return known
  }
  const namesByReason = new Map<string, string[]>()
  for (const [index, { write, error }] of failures.entries()) {
    const isExplained = index < MOST_EXPLAINED
    const reason = isExplained ? write.subject.explainTarget(error, surroundings) : 'cannot be set either'
    namesByReason.set(reason, [...(namesByReason.get(reason) ?? []), write.subject.name])
  }
  return [...namesByReason].map(([reason, names]): Problem => {
    return { code: ErrorCode.refusedByKernel, msg: `${names.join(', ')}: ${reason}`, details: 'nothing was written' }
  })
}
