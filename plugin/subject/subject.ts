import { asOsError, type Os, type OsError } from '../os/os.ts'
import type { Surroundings } from './surroundings.ts'

/** What is wrong with a value before it is written, in words that follow the subject's name. */
export interface ValueProblem {
  readonly reason: string
  /** False where it can be written, and does less than it seems to. */
  readonly isRefused: boolean
}

/**
 * Something in a netns that has a value which can be read and set: a sysctl, or an attribute of an interface. Values are
 * text. What touches the system throws OsError, and works on the netns that the thread is in.
 */
export interface Subject {
  /** Tells it from all others; this is what undo records hold. */
  readonly id: string
  /** What messages call it. */
  readonly name: string
  /** The value; undefined if there is one that cannot be read. */
  read(os: Os): string | undefined
  /** Before the first read of what is to be written. Throws where it cannot be written, whatever else might fail. */
  prepare(os: Os): void
  write(os: Os, value: string): void
  /** What is wrong with `value` where the subject shows `current`; undefined if nothing is. */
  valueProblem(value: string, current: string): ValueProblem | undefined
  /** Whether `current` is what is shown after `wanted` was written. */
  isKept(wanted: string, current: string): boolean
  /** Why it cannot be read or written, in words that follow its name; `surroundings` are looked up at the first call. */
  explainTarget(error: OsError, surroundings: () => Surroundings): string
  /** Why `value` was refused, in words that follow its name. */
  explainRefusal(os: Os, value: string, error: OsError, current: string): string
}

/** The value, or why it cannot be read. No closure and no catchOsError: an ADD reads every subject twice. */
export function tryToRead(os: Os, subject: Subject): string | undefined | OsError {
  try {
    return subject.read(os)
  } catch (error) {
    return asOsError(error)
  }
}

/** Why it cannot be written, whatever the value; undefined if it can. */
export function tryToPrepare(os: Os, subject: Subject): OsError | undefined {
  try {
    subject.prepare(os)
    return undefined
  } catch (error) {
    return asOsError(error)
  }
}

/** Why it could not be written; undefined if it was. */
export function tryToWrite(os: Os, subject: Subject, value: string): OsError | undefined {
  try {
    subject.write(os, value)
    return undefined
  } catch (error) {
    return asOsError(error)
  }
}
