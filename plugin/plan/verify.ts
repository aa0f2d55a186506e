import { isAbsent } from '../os/errno.ts'
import { log } from '../os/log.ts'
import { type Os, OsError } from '../os/os.ts'
import { tryToRead } from '../subject/subject.ts'
import type { Write } from './plan.ts'
import type { Target } from './target.ts'

/** A target whose value is not the one that was written. */
export interface Deviation {
  readonly write: Write
  readonly after: string
}

/**
 * Reads every target back. Logs and returns those with another value than was written. A sysctl may be gone:
 * an MTU below 1280 removes IPv6 and its sysctls from an interface. Throws OsError if one cannot be read.
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

function readIfThere(os: Os, { subject }: Write): string | undefined {
  const current = tryToRead(os, subject)
  if (!(current instanceof OsError)) return current
  if (isAbsent(current)) return undefined
  throw current
}
