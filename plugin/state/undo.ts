import { parseLinkSubject } from '../link/subject.ts'
import type { Write } from '../plan/plan.ts'
import type { Target } from '../plan/target.ts'
import type { Deviation } from '../plan/verify.ts'
import type { Subject } from '../subject/subject.ts'
import { parseSysctlKey } from '../sysctl/key.ts'
import { createSysctlSubject } from '../sysctl/subject.ts'
import type { UndoEntry, UndoRecord } from './record.ts'

/** What an ADD is going to do, without the values. */
export type RecordHead = Omit<UndoRecord, 'sequence' | 'entries'>

/** A record to save, after the changed records of siblings. */
export interface Recording {
  readonly record: UndoRecord
  readonly siblings: readonly UndoRecord[]
}

/**
 * The record of an ADD, before its first write; pure. If the same attachment was added to the same netns before and
 * not deleted, the values to put back stay those of the first ADD, unless a later attachment has taken them over.
 */
export function createRecord(
  head: RecordHead,
  targets: readonly Target[],
  earlier: UndoRecord | undefined,
  siblings: readonly UndoRecord[],
): Recording {
  const handed = earlier === undefined ? { restore: [], siblings: [] } : planUndoing(earlier, siblings)
  const known = new Map(handed.restore.toReversed().map((entry) => [entry.id, entry]))
  const entries: UndoEntry[] = []
  for (const { write, before } of targets) {
    const { id } = write.subject
    const first = known.get(id)
    const found = before ?? first?.found
    known.delete(id)
    if (found === undefined) continue
    entries.push({
      id,
      found,
      putBack: first?.putBack ?? found,
      after: write.value,
      inherited: write.origin === 'host',
    })
  }
  const sequence = Math.max(0, ...siblings.map((sibling) => sibling.sequence)) + 1
  return { record: { ...head, sequence, entries: [...known.values(), ...entries] }, siblings: handed.siblings }
}

/**
 * The record of an `apply`, before its first write; pure. The attachment keeps its place among the others: it is not the last
 * one now. So it keeps the entries of `taken`, which it asks for and a later attachment has set: they are back when that one goes.
 */
export function updateRecord(
  head: RecordHead,
  targets: readonly Target[],
  earlier: UndoRecord | undefined,
  siblings: readonly UndoRecord[],
  taken: ReadonlySet<string>,
): Recording {
  if (earlier === undefined) return createRecord(head, targets, undefined, siblings)
  const kept = earlier.entries.filter(({ id }) => taken.has(id))
  const entries = earlier.entries.filter(({ id }) => !taken.has(id))
  const { record, ...changed } = createRecord(head, targets, { ...earlier, entries }, siblings)
  return { record: { ...record, sequence: earlier.sequence, entries: [...kept, ...record.entries] }, ...changed }
}

/** The record if another value is written than was planned; pure. */
export function replaceEntry(record: UndoRecord, { subject, value, origin }: Write): UndoRecord {
  const replace = (entry: UndoEntry): UndoEntry => ({ ...entry, after: value, inherited: origin === 'host' })
  return { ...record, entries: record.entries.map((entry) => (entry.id === subject.id ? replace(entry) : entry)) }
}

/** The record of the values that were written in the end, and what the kernel has made of them; pure. */
export function amendRecord(
  record: UndoRecord,
  unwritten: readonly Target[],
  deviations: readonly Deviation[],
): UndoRecord {
  const held = new Map(unwritten.map(({ write, before }) => [write.subject.id, before]))
  const kept = new Map([...held, ...deviations.map(({ write, after }) => [write.subject.id, after] as const)])
  // A value that was not written need not be put back, unless an earlier ADD of the same attachment has written it.
  const entries = record.entries.filter(({ id, putBack }) => !held.has(id) || held.get(id) !== putBack)
  return {
    ...record,
    entries: entries.map((entry) => (kept.has(entry.id) ? { ...entry, kept: kept.get(entry.id) } : entry)),
  }
}

/** The work of a DEL: values to put back, in this order, and siblings' records to change. */
export interface Undoing {
  readonly restore: readonly UndoEntry[]
  readonly siblings: readonly UndoRecord[]
}

/**
 * Plans how to undo one attachment; pure. If a later attachment of the same container has set a sysctl too, it stays,
 * and the later one's record takes over the value to put back.
 */
export function planUndoing(record: UndoRecord, siblings: readonly UndoRecord[]): Undoing {
  const later = findLater(record, siblings)
  const changed = new Map<UndoRecord, UndoRecord>()
  const restore: UndoEntry[] = []
  for (const entry of [...record.entries].reverse()) {
    const heir = later.find(({ entries }) => entries.some(({ id }) => id === entry.id))
    if (heir === undefined) restore.push(entry)
    else if (takesOver(heir, entry)) changed.set(heir, handOver(changed.get(heir) ?? heir, entry))
  }
  return { restore, siblings: [...changed.values()] }
}

/** The siblings that were added after it, in this order: they have found its values. */
export function findLater({ sequence }: UndoRecord, siblings: readonly UndoRecord[]): UndoRecord[] {
  return siblings.filter((sibling) => sibling.sequence > sequence).sort((a, b) => a.sequence - b.sequence)
}

/** The subject of an entry. Throws CniError for an id that is neither an attribute nor a sysctl. */
export function subjectOf({ id }: Pick<UndoEntry, 'id'>): Subject {
  return parseLinkSubject(id) ?? createSysctlSubject(parseSysctlKey(id))
}

/** Whether an entry is for an attribute of the interface, which is put back even if `restoreOnDel` is off. */
export function isOfLink({ id }: UndoEntry): boolean {
  return parseLinkSubject(id) !== undefined
}

/** Whether nobody else has changed the value. After a process was killed it may still be the value of before. */
export function isAsLeft({ id, found, putBack, after, kept }: UndoEntry, current: string): boolean {
  return [found, putBack, kept].includes(current) || subjectOf({ id }).isKept(after, current)
}

/**
 * Whether an heir would put back the value that this attachment has left or (if one was killed) found. An heir that found
 * somebody else's value puts that one back.
 */
function takesOver({ entries }: UndoRecord, left: UndoEntry): boolean {
  return entries.some(({ id, putBack }) => id === left.id && isAsLeft(left, putBack))
}

function handOver(heir: UndoRecord, { id, putBack }: UndoEntry): UndoRecord {
  return { ...heir, entries: heir.entries.map((entry) => (entry.id === id ? { ...entry, putBack } : entry)) }
}
