import { asOsError, type Os, type OsError } from '../os/os.ts'
import type { Surroundings } from './surroundings.ts'

/** The problem of a value before it is written; messages put it behind the subject's name. */
export interface ValueProblem {
  readonly reason: string
  /** False if it can be written, but does less than it seems to. */
  readonly isRefused: boolean
}

/**
 * Something in a netns that has a value which can be read and set: a sysctl, or an attribute of an interface. Values are
 * text. Functions that touch the system throw OsError, and work on the netns that the thread is in.
 */
export interface Subject {
  /** Its unique id, which undo records hold. */
  readonly id: string
  /** Its name in messages. */
  readonly name: string
  /** The value; undefined if it exists but cannot be read. */
  read(os: Os): string | undefined
  /** Called before the first read of a subject that will be written. Throws if it cannot be written. */
  prepare(os: Os): void
  write(os: Os, value: string): void
  /** The problem of `value` if the subject shows `current`; undefined if there is none. */
  valueProblem(value: string, current: string): ValueProblem | undefined
  /** Whether `current` is what is shown after `wanted` was written. */
  isKept(wanted: string, current: string): boolean
  /** Why it cannot be read or written; messages put it behind the name. `surroundings` are looked up at the first call. */
  explainTarget(error: OsError, surroundings: () => Surroundings): string
  /** Why `value` was refused; messages put it behind the name. */
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
