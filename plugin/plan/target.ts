import { log } from '../os/log.ts'
import { type Os, OsError } from '../os/os.ts'
import { tryToRead } from '../subject/subject.ts'
import type { Write } from './plan.ts'

/** A write whose subject was looked at. */
export interface Target {
  readonly write: Write
  /** The value before; undefined if it cannot be read: a trigger such as route.flush, an unset stable_secret. */
  readonly before: string | undefined
}

/** The value that the subject has now; undefined if it cannot be read, for whatever reason. */
export function readOrNone(os: Os, { subject }: Write): string | undefined {
  const current = tryToRead(os, subject)
  return current instanceof OsError ? undefined : current
}

/** Whether `current` is what the kernel shows after the write. */
export function holdsWanted({ subject, value }: Write, current: string | undefined): boolean {
  return current !== undefined && subject.isKept(value, current)
}

/** Whether the file may not be written, whatever the value. */
export function isDenied({ errno }: OsError): boolean {
  return errno === 'EACCES' || errno === 'EPERM' || errno === 'EROFS'
}

/** Logs a write that failed and may fail. */
export function logIgnored(os: Os, { subject, onFailure }: Write, { errno }: OsError): void {
  const outcome = onFailure === 'stay' ? 'put back' : 'set'
  log(os, `${subject.name}: not ${outcome} (${errno})${reasonOf(onFailure)}`)
}

function reasonOf(onFailure: Write['onFailure']): string {
  if (onFailure === 'stay') return ''
  return onFailure === 'log' ? ', ignored because of its "-"' : ', ignored because only a glob took it'
}
