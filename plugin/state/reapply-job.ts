import { CniError } from '../cni/error.ts'
import { catchKind } from '../os/as-kind.ts'
import { isAbsent } from '../os/errno.ts'
import type { Netns } from '../os/netns.ts'
import type { Os } from '../os/os.ts'
import { lookAtEach, lookAtTargets } from '../plan/look.ts'
import type { Plan, Write } from '../plan/plan.ts'
import { holdsWanted, type Target } from '../plan/target.ts'
import { type Attachment, isSameAttachment } from './attachment.ts'
import { findSiblings } from './find.ts'
import { isSameNetns, type NetnsIdentity } from './identity.ts'
import type { UndoEntry, UndoRecord } from './record.ts'
import { findLater, isAsLeft, planUndoing, type RecordHead, subjectOf, type Undoing } from './undo.ts'

/** The state that an attachment is to have. */
export interface Reapplying {
  readonly attachment: Attachment
  /** The place where its DEL will look for the record. */
  readonly dataDir: string
  /** The container's netns, which the thread has entered. */
  readonly netns: Netns
  /** A plan for this container only: subjects keep files of one netns open. */
  readonly plan: Plan
  /** The values that ADD has set without a record, by the ids of the subjects. */
  readonly formerly: ReadonlyMap<string, string>
  /** Whether values that were changed since ADD are overwritten too. */
  readonly isForced: boolean
  readonly isDryRun: boolean
}

/** The changes that were made, or that would be made with `isDryRun`. */
export interface Reapplied {
  readonly set: readonly Target[]
  /** Values that are no longer asked for, and the values that were put back. */
  readonly putBack: readonly Target[]
  /** Values that stay, because somebody has changed them since ADD. */
  readonly left: readonly Target[]
  /** Values that are no longer asked for and could not be put back: their record stays, for DEL. */
  readonly stuck: readonly string[]
}

/** The work on one attachment. */
export interface Job {
  readonly report: Reapplied
  /** There is nothing to write or to record. */
  readonly isSettled: boolean
  /** What the record is about. */
  readonly targets: readonly Target[]
  readonly earlier: UndoRecord | undefined
  readonly siblings: readonly UndoRecord[]
  readonly head: RecordHead
  /** What it still asks for, and is left to a later attachment. */
  readonly taken: ReadonlySet<string>
  /** What is no longer asked for, and is not left to a later attachment. */
  readonly unasked: readonly UndoEntry[]
}

/** Reads the current state, and writes nothing. Throws what {@link lookAtTargets} throws. */
export function prepareJob(
  os: Os,
  records: readonly UndoRecord[],
  identity: NetnsIdentity,
  { attachment, netns, plan, formerly, isForced }: Reapplying,
): Job {
  const earlier = records.find((record) => isSameAttachment(record, attachment) && isSameNetns(record.netns, identity))
  const siblings = findSiblings(records, attachment, identity)
  const taken = findTaken(earlier, siblings)
  const asked = new Set(plan.map(({ subject }) => subject.id))
  const unasked = findUnasked(earlier, siblings, asked)
  const own = plan.filter(({ subject }) => !taken.has(subject.id))
  const wanted = lookAtTargets(os, own)
  const entries = new Map(earlier?.entries.map((entry) => [entry.id, entry]))
  const left = isForced ? [] : wanted.filter((target) => isChanged(target, entries, formerly))
  const targets = wanted.filter((target) => !left.includes(target))
  const set = targets.filter(({ write, before }) => !holdsWanted(write, before))
  const isRecorded = targets.every(({ write }) => {
    const entry = entries.get(write.subject.id)
    return entry !== undefined && write.subject.isKept(write.value, entry.after)
  })
  return {
    report: { set, left, ...lookAtUnasked(os, unasked.restore) },
    isSettled: set.length === 0 && isRecorded && unasked.restore.length + unasked.siblings.length === 0,
    targets,
    earlier,
    siblings,
    head: { ...attachment, netns: identity, netnsPath: netns.path, applied: true },
    taken: new Set([...asked].filter((id) => taken.has(id))),
    unasked: unasked.restore,
  }
}

/** Values that later attachments of the same netns have set: they belong to those now. */
function findTaken(earlier: UndoRecord | undefined, siblings: readonly UndoRecord[]): ReadonlySet<string> {
  const later = earlier === undefined ? [] : findLater(earlier, siblings)
  return new Set(later.flatMap(({ entries }) => entries.map(({ id }) => id)))
}

function findUnasked(
  earlier: UndoRecord | undefined,
  siblings: readonly UndoRecord[],
  asked: ReadonlySet<string>,
): Undoing {
  if (earlier === undefined) return { restore: [], siblings: [] }
  return planUndoing({ ...earlier, entries: earlier.entries.filter(({ id }) => !asked.has(id)) }, siblings)
}

/** Values to put back, and those that cannot be. Values that others have changed, and sysctls that are gone, are in neither. */
function lookAtUnasked(os: Os, entries: readonly UndoEntry[]): Pick<Reapplied, 'putBack' | 'stuck'> {
  const putBack: Target[] = []
  const stuck: string[] = []
  for (const entry of entries) {
    const { targets, failures } = lookAtEach(os, planPutBack(entry))
    putBack.push(...targets.filter(({ before }) => isStillLeft(entry, before)))
    if (targets.length === 0 && !failures.some(({ error }) => isAbsent(error))) stuck.push(entry.id)
  }
  return { putBack, stuck }
}

/** Another version of the plugin may have recorded something that this one cannot set. */
function planPutBack(entry: UndoEntry): Write[] {
  const subject = catchKind(CniError, () => subjectOf(entry))
  return subject instanceof CniError ? [] : [{ subject, value: entry.putBack, origin: 'network', onFailure: 'stay' }]
}

function isStillLeft(entry: UndoEntry, before: string | undefined): boolean {
  return before !== undefined && before !== entry.putBack && isAsLeft(entry, before)
}

/** Whether somebody has changed it since ADD; false if ADD has not set it. */
function isChanged(
  { write, before }: Target,
  entries: ReadonlyMap<string, UndoEntry>,
  formerly: ReadonlyMap<string, string>,
): boolean {
  if (before === undefined || holdsWanted(write, before)) return false
  const entry = entries.get(write.subject.id)
  if (entry !== undefined) return !isAsLeft(entry, before)
  const set = formerly.get(write.subject.id)
  return set !== undefined && !write.subject.isKept(set, before)
}
