import { CniError, ErrorCode, type Problem } from '../cni/error.ts'
import { log } from '../os/log.ts'
import { type Os, OsError } from '../os/os.ts'
import type { Surroundings } from '../subject/subject.ts'
import type { Plan, Write } from './plan.ts'
import { leaveAndLookAround } from './surroundings.ts'

/** A write whose subject was looked at. */
export interface Target {
  readonly write: Write
  /** The value before; undefined where it cannot be read: a trigger such as route.flush, an unset stable_secret. */
  readonly before: string | undefined
}

/** A write that the kernel refused. */
export class WriteError extends CniError {
  /** Whether everything written before it was put back. */
  readonly isUndone: boolean

  constructor(isUndone: boolean, problem: Problem) {
    super(problem)
    this.name = 'WriteError'
    this.isUndone = isUndone
  }
}

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
    try {
      targets.push(lookAtTarget(os, write))
    } catch (error) {
      if (!(error instanceof OsError)) throw error
      if (write.onFailure === 'fail') failures.push({ write, error })
      if (write.onFailure === 'log') logIgnored(os, write, error)
    }
  }
  if (failures.length > 0) throw cannotWork(os, failures)
  return targets
}

/**
 * Writes the targets in order; those that were written. Throws WriteError 101 at the first that the kernel refuses, after
 * everything written before it was put back in reverse order.
 */
export function writeTargets(os: Os, targets: readonly Target[]): readonly Target[] {
  const written: Target[] = []
  const queue = [...targets]
  const postponed = new Set<Target>()
  for (let target = queue.shift(); target !== undefined; target = queue.shift()) {
    try {
      target.write.subject.write(os, target.write.value)
      written.push(target)
    } catch (error) {
      if (!(error instanceof OsError)) throw error
      if (isDenied(error) && holdsWanted(target.write, readIfThere(os, target.write))) continue
      if (isInherited(target) && !postponed.has(target)) {
        postponed.add(target)
        queue.splice(queue.findLastIndex(isInherited) + 1, 0, target)
        continue
      }
      const toUndo = isChanged(os, target) ? [target] : []
      if (target.write.onFailure === 'fail') {
        throw failedWrite(os, target, error, undoWrites(os, [...toUndo, ...written.reverse()]))
      }
      undoWrites(os, toUndo)
      logIgnored(os, target.write, error)
    }
  }
  return written
}

/** The host's values fit together, but one may be refused until another is there: ipfrag_low_thresh above the high one. */
function isInherited({ write }: Target): boolean {
  return write.origin === 'host'
}

/** A target that holds something else than was written. */
export interface Deviation {
  readonly write: Write
  readonly after: string
}

/**
 * Reads every target back, and logs and returns where the kernel holds something else than was written. One may be gone:
 * an MTU below 1280 takes IPv6 off an interface, and its sysctls with it.
 */
export function verifyTargets(os: Os, targets: readonly Target[]): Deviation[] {
  const deviations: Deviation[] = []
  for (const { write, before } of targets) {
    const after = before === undefined ? undefined : readIfThere(os, write)
    if (after === undefined || write.subject.isKept(write.value, after)) continue
    log(os, `${write.subject.name}: wrote ${JSON.stringify(write.value)}, the kernel holds ${JSON.stringify(after)}`)
    deviations.push({ write, after })
  }
  return deviations
}

function lookAtTarget(os: Os, write: Write): Target {
  let refusal: OsError | undefined
  try {
    write.subject.prepare(os)
  } catch (error) {
    if (!(error instanceof OsError)) throw error
    refusal = error
  }
  const before = write.subject.read(os)
  if (refusal !== undefined && !(isDenied(refusal) && isAsWanted(write, before))) throw refusal
  return { write, before }
}

/** What only shows the node's value, or counts, is not copied from it. */
function isAsWanted(write: Write, before: string | undefined): boolean {
  return write.origin !== 'host' && holdsWanted(write, before)
}

function isDenied(error: OsError): boolean {
  return error.errno === 'EACCES' || error.errno === 'EPERM' || error.errno === 'EROFS'
}

function holdsWanted(write: Write, current: string | undefined): boolean {
  return current !== undefined && write.subject.isKept(write.value, current)
}

/** Whether a refused write left a trace: a vector keeps the numbers before the one that is refused, do_proc_dointvec(). */
function isChanged(os: Os, { write, before }: Target): boolean {
  const current = readIfThere(os, write)
  return before !== undefined && current !== undefined && current !== before
}

function readIfThere(os: Os, { subject }: Write): string | undefined {
  try {
    return subject.read(os)
  } catch (error) {
    if (error instanceof OsError) return undefined
    throw error
  }
}

function logIgnored(os: Os, write: Write, error: OsError): void {
  const reason = write.onFailure === 'log' ? 'because of its "-"' : `because only a glob took it`
  log(os, `${write.subject.name}: not set (${error.errno}), ignored ${reason}`)
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

/** Puts the values back, in the order given; the names of those that could not be. */
function undoWrites(os: Os, written: readonly Target[]): string[] {
  const stuck = written.filter((target) => !putBack(os, target))
  // One that was put back may have set another: net.ipv4.ip_forward the forwarding of every interface.
  for (const target of written) if (!stuck.includes(target) && isChanged(os, target)) putBack(os, target)
  return stuck.map(({ write }) => write.subject.name)
}

function putBack(os: Os, { write, before }: Target): boolean {
  try {
    if (before !== undefined) write.subject.write(os, before)
    return before !== undefined
  } catch (error) {
    if (!(error instanceof OsError)) throw error
    return false
  }
}

function failedWrite(os: Os, { write, before }: Target, error: OsError, stuck: readonly string[]): WriteError {
  const reason = write.subject.explainRefusal(os, write.value, error, before ?? '')
  const isUndone = stuck.length === 0
  const left = isUndone ? '' : `; could not be put back: ${stuck.join(', ')}`
  return new WriteError(isUndone, {
    code: ErrorCode.refusedByKernel,
    msg: `${write.subject.name}: ${reason}${left}`,
    details: isUndone ? 'everything written before was put back' : 'the rest was put back',
  })
}
