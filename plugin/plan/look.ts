import { CniError, ErrorCode, type Problem } from '../cni/error.ts'
import { catchOsError, type Os, OsError } from '../os/os.ts'
import type { Surroundings } from '../subject/surroundings.ts'
import type { Plan, Write } from './plan.ts'
import { leaveAndLookAround } from './surroundings.ts'
import { holdsWanted, isDenied, logIgnored, type Target } from './target.ts'

interface Failure {
  readonly write: Write
  readonly error: OsError
}

/**
 * Looks at every subject of the plan, in the netns that the thread is in, and writes nothing. What may fail and would is
 * left out, and logged. Throws CniError 101 with the reason for each write that cannot work.
 */
export function lookAtTargets(os: Os, plan: Plan): Target[] {
  const failures: Failure[] = []
  const targets: Target[] = []
  for (const write of plan) {
    const target = catchOsError(() => lookAtTarget(os, write))
    if (!(target instanceof OsError)) targets.push(target)
    else if (write.onFailure === 'fail') failures.push({ write, error: target })
    else if (write.onFailure === 'log') logIgnored(os, write, target)
  }
  if (failures.length > 0) throw cannotWork(os, failures)
  return targets
}

function lookAtTarget(os: Os, write: Write): Target {
  const refusal = catchOsError(() => write.subject.prepare(os))
  const before = write.subject.read(os)
  if (refusal instanceof OsError && !(isDenied(refusal) && isAsWanted(write, before))) throw refusal
  return { write, before }
}

/** What only shows the node's value, or counts, is not copied from it. */
function isAsWanted(write: Write, before: string | undefined): boolean {
  return write.origin !== 'host' && holdsWanted(write, before)
}

function cannotWork(os: Os, failures: readonly Failure[]): CniError {
  let known: Surroundings | undefined
  const surroundings = () => {
    known ??= leaveAndLookAround(os)
    return known
  }
  const namesByReason = new Map<string, string[]>()
  for (const { write, error } of failures) {
    const reason = write.subject.explainTarget(error, surroundings)
    namesByReason.set(reason, [...(namesByReason.get(reason) ?? []), write.subject.name])
  }
  const problems = [...namesByReason].map(([reason, names]): Problem => {
    return { code: ErrorCode.refusedByKernel, msg: `${names.join(', ')}: ${reason}`, details: 'nothing was written' }
  })
  return new CniError(...(problems as [Problem, ...Problem[]]))
}
