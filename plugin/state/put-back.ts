import { CniError } from '../cni/error.ts'
import { isAbsent, isTransient } from '../os/errno.ts'
import { log } from '../os/log.ts'
import { catchOsError, type Os, OsError } from '../os/os.ts'
import { type Subject, tryToPrepare } from '../subject/subject.ts'
import type { UndoEntry } from './record.ts'
import { isAsLeft, subjectOf } from './undo.ts'

/** A value that has to be put back. */
interface Undo {
  readonly subject: Subject
  readonly entry: UndoEntry
}

/**
 * Puts back the values that nobody else has changed, in the netns that the thread is in; false if that failed for one,
 * which is logged. Throws OsError for a temporary failure: then all of it can be tried again.
 */
export function putBackEntries(os: Os, entries: readonly UndoEntry[]): boolean {
  // All are read before the first is put back, and put back twice, because one may change another or be refused until
  // another is there: net.ipv4.ip_forward sets the forwarding of every interface, inet_forward_change().
  const undos = entries.flatMap((entry) => prepare(os, entry) ?? [])
  const looks = undos.map((undo) => ({ undo, isLeft: tolerate(os, () => holdsLeft(os, undo)) }))
  const left = looks.filter(({ isLeft }) => isLeft === true).map(({ undo }) => undo)
  const isSeen = looks.every(({ isLeft }) => isLeft !== undefined)
  for (const undo of left) catchOsError(() => putBack(os, undo))
  return left.map((undo) => tolerate(os, () => putBack(os, undo))).every((isDone) => isDone === true) && isSeen
}

/** A value that cannot be written may already be the right one. */
function prepare(os: Os, entry: UndoEntry): Undo | undefined {
  try {
    const subject = subjectOf(entry)
    const refusal = tryToPrepare(os, subject)
    if (refusal !== undefined && isTransient(refusal)) throw refusal
    return { subject, entry }
  } catch (error) {
    if (!(error instanceof CniError)) throw error
    log(os, `DEL goes on: ${error.message}`)
    return undefined
  }
}

function holdsLeft(os: Os, { subject, entry }: Undo): boolean {
  const current = subject.read(os)
  return current !== undefined && isAsLeft(entry, current)
}

function putBack(os: Os, { subject, entry }: Undo): true {
  if (subject.read(os) !== entry.putBack) subject.write(os, entry.putBack)
  return true
}

/** A removed interface has no sysctls any more, which is as good as true. Undefined for a lasting failure, which is logged. */
function tolerate(os: Os, action: () => boolean): boolean | undefined {
  const result = catchOsError(action)
  if (!(result instanceof OsError)) return result
  if (isAbsent(result)) return true
  if (isTransient(result)) throw result
  log(os, `DEL goes on: ${result.message}`)
  return undefined
}
