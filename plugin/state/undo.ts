import { parseLinkSubject } from '../link/subject.ts'
import type { Target } from '../plan/target.ts'
import type { Deviation } from '../plan/verify.ts'
import type { Subject } from '../subject/subject.ts'
import { parseSysctlKey } from '../sysctl/key.ts'
import { createSysctlSubject } from '../sysctl/subject.ts'
import type { Attachment } from './attachment.ts'
import type { UndoEntry, UndoRecord } from './record.ts'

/**
 * The record of an ADD, before its first write; pure. Where the same attachment was added to the same netns before and
 * not deleted, what it had found then is what is to be put back.
 */
export function createRecord(
  attachment: Attachment,
  netns: string,
  targets: readonly Target[],
  earlier: UndoRecord | undefined,
  siblings: readonly UndoRecord[],
): UndoRecord {
  const known = new Map(earlier?.netns === netns ? earlier.entries.map((entry) => [entry.id, entry]) : [])
  const entries: UndoEntry[] = []
  for (const { write, before } of targets) {
    const { id } = write.subject
    const first = known.get(id)?.before ?? before
    known.delete(id)
    if (first !== undefined) entries.push({ id, before: first, after: write.value, inherited: write.origin === 'host' })
  }
  const sequence = Math.max(0, ...siblings.map((sibling) => sibling.sequence)) + 1
  const { network, containerId, ifName } = attachment
  return { network, containerId, ifName, netns, sequence, entries: [...known.values(), ...entries] }
}

/** The record of what was written in the end, with what the kernel made of it; pure. */
export function amendRecord(
  record: UndoRecord,
  unwritten: readonly Target[],
  deviations: readonly Deviation[],
): UndoRecord {
  const held = new Map(unwritten.map(({ write, before }) => [write.subject.id, before]))
  const kept = new Map([...held, ...deviations.map(({ write, after }) => [write.subject.id, after] as const)])
  // There is nothing to put back of what was not written, unless the same attachment's earlier ADD has written it.
  const entries = record.entries.filter(({ id, before }) => !held.has(id) || held.get(id) !== before)
  return {
    ...record,
    entries: entries.map((entry) => (kept.has(entry.id) ? { ...entry, kept: kept.get(entry.id) } : entry)),
  }
}

/** What a DEL has to do: values to put back, in this order, and siblings' records to be changed. */
export interface Undoing {
  readonly restore: readonly UndoEntry[]
  readonly siblings: readonly UndoRecord[]
}

/**
 * Plans the undoing of one attachment; pure. A sysctl that a later attachment of the same container has set too stays,
 * and that one's record takes over what is to be put back in the end.
 */
export function planUndoing(record: UndoRecord, siblings: readonly UndoRecord[]): Undoing {
  const later = siblings.filter(({ sequence }) => sequence > record.sequence).sort((a, b) => a.sequence - b.sequence)
  const changed = new Map<UndoRecord, UndoRecord>()
  const restore: UndoEntry[] = []
  for (const entry of [...record.entries].reverse()) {
    const heir = later.find(({ entries }) => entries.some(({ id }) => id === entry.id))
    if (heir === undefined) restore.push(entry)
    else changed.set(heir, handOver(changed.get(heir) ?? heir, entry))
  }
  return { restore, siblings: [...changed.values()] }
}

/** What an entry is about. Throws CniError for an id that is no name of a sysctl either. */
export function subjectOf({ id }: UndoEntry): Subject {
  return parseLinkSubject(id) ?? createSysctlSubject(parseSysctlKey(id))
}

/** Whether an entry is about an attribute of the interface, which is put back whatever `restoreOnDel` says. */
export function isOfLink({ id }: UndoEntry): boolean {
  return parseLinkSubject(id) !== undefined
}

/** Only where the heir found what this attachment had left: one that was added again found what had been before both. */
function handOver(heir: UndoRecord, left: UndoEntry): UndoRecord {
  const { id, before, after } = left
  const isFound = (entry: UndoEntry) => entry.id === id && subjectOf(left).isKept(after, entry.before)
  return { ...heir, entries: heir.entries.map((entry) => (isFound(entry) ? { ...entry, before } : entry)) }
}
