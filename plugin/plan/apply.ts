import { CniError, ErrorCode, type Problem } from '../cni/error.ts'
import { isAbsent } from '../os/errno.ts'
import type { Os, OsError } from '../os/os.ts'
import { tryToWrite } from '../subject/subject.ts'
import type { Write } from './plan.ts'
import { holdsWanted, isDenied, logIgnored, readOrNone, type Target } from './target.ts'

/** A write that the kernel refused. */
export class WriteError extends CniError {
  readonly write: Write
  /** Whether all earlier writes were undone. */
  readonly isUndone: boolean

  constructor(write: Write, isUndone: boolean, problem: Problem) {
    super(problem)
    this.name = 'WriteError'
    this.write = write
    this.isUndone = isUndone
  }
}

/**
 * Writes the targets in order, and returns those that were written. Copied values fit together, and so do those that are put
 * back, but one may be refused until another is there (ipfrag_low_thresh above the high one): it is tried again after the
 * others.
 * `beforeInstead` is called before the replacement of a refused value is written.
 * Throws WriteError 101 at the first write that the kernel refuses, after all earlier writes were undone in reverse
 * order.
 */
export function writeTargets(
  os: Os,
  targets: readonly Target[],
  beforeInstead: (target: Target) => void = () => undefined,
): readonly Target[] {
  const written: Target[] = []
  const postponed: Target[] = []
  const end = targets.findLastIndex(fitsTogether) + 1
  for (const target of targets.slice(0, end)) {
    const refusal = writeTarget(os, target, written)
    if (refusal !== undefined && fitsTogether(target)) postponed.push(target)
    else if (refusal !== undefined) giveUp(os, target, refusal, written)
  }
  for (const target of [...postponed, ...targets.slice(end)]) {
    const refusal = writeTarget(os, target, written)
    if (refusal === undefined) continue
    giveUp(os, target, refusal, written)
    const { before, write } = target
    if (write.instead === undefined) continue
    const instead = { before, write: write.instead }
    prepareInstead(os, () => beforeInstead(instead), written)
    const again = writeTarget(os, instead, written)
    if (again !== undefined) giveUp(os, instead, again, written)
  }
  return written
}

/** If a write cannot be recorded, nothing is written. */
function prepareInstead(os: Os, prepare: () => void, written: readonly Target[]): void {
  try {
    prepare()
  } catch (error) {
    takeBack(os, written.toReversed())
    throw error
  }
}

function fitsTogether({ write }: Target): boolean {
  return write.origin === 'host' || write.onFailure === 'stay'
}

/** Writes one target and adds it to `written`. Returns the error if the kernel refuses it, unless it already has the value. */
function writeTarget(os: Os, target: Target, written: Target[]): OsError | undefined {
  const { write } = target
  const refusal = tryToWrite(os, write.subject, write.value)
  if (refusal !== undefined && !(isDenied(refusal) && holdsWanted(write, readOrNone(os, write)))) return refusal
  if (refusal === undefined || isChanged(os, target)) written.push(target)
  return undefined
}

/** Undoes the traces of a refused write, and all earlier writes too if this one must not fail. */
function giveUp(os: Os, target: Target, refusal: OsError, written: readonly Target[]): void {
  const traces = isChanged(os, target) ? [target] : []
  if (target.write.onFailure === 'fail') {
    throw failedWrite(os, target, refusal, takeBack(os, [...traces, ...written.toReversed()]))
  }
  takeBack(os, traces)
  logIgnored(os, target.write, refusal)
}

/**
 * Whether a refused write has changed something: a vector keeps the numbers before the refused one, do_proc_dointvec(). A value
 * that cannot be read just now may have changed.
 */
function isChanged(os: Os, { write, before }: Target): boolean {
  return readOrNone(os, write) !== before
}

/** Puts the values back, in the order given. Returns the names of those that could not be put back. */
export function takeBack(os: Os, written: readonly Target[]): string[] {
  const stuck = written.filter((target) => !putBack(os, target))
  // Putting one back may change another: net.ipv4.ip_forward changes the forwarding of every interface.
  for (const target of written) if (!stuck.includes(target) && isChanged(os, target)) putBack(os, target)
  return stuck.map(({ write }) => write.subject.name)
}

/** Tried twice, because a failure may be temporary. */
function putBack(os: Os, { write, before }: Target): boolean {
  return before !== undefined && (isPutBack(os, write, before) || isPutBack(os, write, before))
}

/** Whether it was written, or is gone. */
function isPutBack(os: Os, { subject }: Write, value: string): boolean {
  const refusal = tryToWrite(os, subject, value)
  return refusal === undefined || isAbsent(refusal)
}

function failedWrite(os: Os, { write, before }: Target, error: OsError, stuck: readonly string[]): WriteError {
  const reason = write.subject.explainRefusal(os, write.value, error, before ?? '')
  const isUndone = stuck.length === 0
  const left = isUndone ? '' : `; could not be put back: ${stuck.join(', ')}`
  return new WriteError(write, isUndone, {
    code: ErrorCode.refusedByKernel,
    msg: `${write.subject.name}: ${reason}${left}`,
    details: isUndone ? 'everything written before was put back' : 'the rest was put back',
  })
}
