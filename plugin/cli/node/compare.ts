import { CniError } from '../../cni/error.ts'
import { type Os, OsError } from '../../os/os.ts'
import type { Plan, Write } from '../../plan/plan.ts'
import type { UndoEntry } from '../../state/record.ts'
import { subjectOf } from '../../state/undo.ts'
import { type Subject, tryToRead } from '../../subject/subject.ts'

/** A value that differs from the wanted one. */
export interface Difference {
  readonly name: string
  /** Null if the conflist no longer asks for it. */
  readonly wanted: string | null
  /** Null if there is no value, or if it cannot be read. */
  readonly current: string | null
}

export interface Compared {
  /** Values that ADD has set and somebody has changed, and that are still wanted. */
  readonly changed: readonly Difference[]
  /** Values that the conflist asks for now, and that ADD has not set. */
  readonly outdated: readonly Difference[]
}

/**
 * Compares a container with the values that ADD has set (`entries` from records, `then` from the old configuration), and with
 * the values wanted now, in the netns that the thread is in.
 */
export function compare(
  os: Os,
  entries: ReadonlyMap<string, UndoEntry>,
  then: ReadonlyMap<string, string>,
  taken: ReadonlySet<string>,
  plan?: Plan,
): Compared {
  const changed: Difference[] = []
  const outdated: Difference[] = []
  const wanted = plan ?? [...entries.values()].flatMap(({ id, after }) => wantedOf(id, after))
  for (const { subject, value, onFailure, instead } of wanted) {
    if (taken.has(subject.id)) continue
    const entry = entries.get(subject.id)
    const set = entry?.after ?? then.get(subject.id)
    const isAsked = set !== undefined && subject.isKept(value, set)
    const current = readCurrent(os, subject)
    if (current === undefined || isHeld(subject, value, current, isAsked ? entry : undefined)) continue
    if (instead !== undefined && current !== null && subject.isKept(instead.value, current)) continue
    // Values that cannot be set here and need not be.
    if (current === null && onFailure !== 'fail') continue
    const difference = { name: subject.name, wanted: value, current }
    if (isAsked) changed.push(difference)
    else outdated.push(difference)
  }
  return { changed, outdated }
}

/** Values that ADD has set, that are no longer asked for, and that are still there. */
export function findUnasked(
  os: Os,
  entries: ReadonlyMap<string, UndoEntry>,
  taken: ReadonlySet<string>,
  plan: Plan,
): Difference[] {
  const asked = new Set(plan.map(({ subject }) => subject.id))
  const unasked = [...entries.values()].filter(({ id }) => !asked.has(id) && !taken.has(id))
  return unasked.flatMap(({ id, after, putBack, kept }) => {
    const [write] = wantedOf(id, after)
    const current = write === undefined ? undefined : readCurrent(os, write.subject)
    if (write === undefined || typeof current !== 'string') return []
    const isLeft = current !== putBack && isHeld(write.subject, after, current, { kept })
    return isLeft ? [{ name: write.subject.name, wanted: null, current }] : []
  })
}

/** Another version of the plugin may have recorded something that this one cannot set. */
function wantedOf(id: string, value: string): Pick<Write, 'subject' | 'value' | 'onFailure' | 'instead'>[] {
  try {
    return [{ subject: subjectOf({ id }), value, onFailure: 'skip' }]
  } catch (error) {
    if (error instanceof CniError) return []
    throw error
  }
}

function isHeld(
  subject: Subject,
  wanted: string,
  current: string | null,
  entry: Pick<UndoEntry, 'kept'> | undefined,
): boolean {
  return current !== null && (subject.isKept(wanted, current) || current === entry?.kept)
}

/** Undefined if a value cannot be read back, null if there is none. */
function readCurrent(os: Os, subject: Subject): string | undefined | null {
  const value = tryToRead(os, subject)
  return value instanceof OsError ? null : value
}
