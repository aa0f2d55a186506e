import type { JsonObject } from '../config/members.ts'
import { log } from '../os/log.ts'
import type { Netns } from '../os/netns.ts'
import { catchOsError, type Os, OsError } from '../os/os.ts'
import { takeBack, WriteError, writeTargets } from '../plan/apply.ts'
import { lookAtTargets } from '../plan/look.ts'
import type { Plan, Write } from '../plan/plan.ts'
import type { Target } from '../plan/target.ts'
import { verifyTargets } from '../plan/verify.ts'
import { type Attachment, isSameAttachment, isSamePlace } from './attachment.ts'
import { type Container, closeContainer, lockContainer } from './container.ts'
import { choosePart } from './find.ts'
import { isSameNetns, readIdentity } from './identity.ts'
import type { UndoRecord } from './record.ts'
import { loadRecords, removeRecord, saveRecord } from './store.ts'
import { amendRecord, createRecord, type Recording, replaceEntry } from './undo.ts'

/** The writes of one ADD, and those of them that DEL has to undo. */
export interface Undertaking {
  /** The entry, distinguished by what it asks from others at the same place of a chain. */
  readonly place: Attachment
  readonly asked: JsonObject
  readonly dataDir: string
  /** The container's netns, which the thread has entered. */
  readonly netns: Netns
  readonly plan: Plan
  readonly isRecorded: (write: Write) => boolean
  /** Called with all targets before they are written. If it throws, nothing is written. */
  readonly beforeWriting: (targets: readonly Target[]) => void
}

/** What has been done so far. */
interface Progress {
  container?: Container
  /** Undefined while the records are unchanged, and if they must stay. */
  saved?: Saved | undefined
  written: readonly Target[]
}

/** Records that were saved, and their former content. */
interface Saved extends Recording {
  readonly earlier: UndoRecord | undefined
  readonly earlierSiblings: readonly UndoRecord[]
}

/**
 * Checks the values, saves what is needed to undo them, and then writes them: whenever the process
 * is killed, the runtime's DEL finds what to put back. Returns a function that undoes all of it. Until the process
 * ends, no other process works on the container. Throws what {@link lookAtTargets} and {@link writeTargets} throw;
 * CniError 5 or OsError if no record can be kept, 11 if another command works on the container. Then nothing is changed.
 */
export function writeRecorded(os: Os, undertaking: Undertaking): () => void {
  const progress: Progress = { written: [] }
  try {
    advance(os, undertaking, progress)
  } catch (error) {
    if (error instanceof WriteError && !error.isUndone) progress.saved = undefined
    takeAllBack(os, progress)
    throw error
  }
  return () => takeAllBack(os, progress)
}

function advance(os: Os, undertaking: Undertaking, progress: Progress): void {
  const { plan, isRecorded, dataDir, place } = undertaking
  const lock = () => {
    progress.container = lockContainer(os, dataDir, place.containerId)
  }
  const targets = lookAtTargets(os, plan, plan.some(isRecorded) ? lock : undefined)
  undertaking.beforeWriting(targets)
  const saveChanged = progress.container && save(os, progress.container, undertaking, targets, progress)
  progress.written = writeTargets(os, targets, ({ write }) => saveChanged?.((record) => replaceEntry(record, write)))
  const deviations = verifyTargets(os, progress.written)
  const unwritten = findUnwritten(targets, progress.written)
  if (unwritten.length + deviations.length > 0) saveChanged?.((record) => amendRecord(record, unwritten, deviations))
}

function findUnwritten(targets: readonly Target[], written: readonly Target[]): readonly Target[] {
  // Only for speed: nearly always all are written.
  if (written.length === targets.length) return []
  // By their subjects: another value may have been written instead.
  const ids = new Set(written.map(({ write }) => write.subject.id))
  return targets.filter(({ write }) => !ids.has(write.subject.id))
}

/** Saves the record as the function changes it. */
type SaveChanged = (change: (record: UndoRecord) => UndoRecord) => void

/** Saves the records, and returns what saves a change of the own one; undefined if there is nothing to put back later. */
function save(
  os: Os,
  container: Container,
  { place, asked, netns, isRecorded }: Undertaking,
  targets: readonly Target[],
  progress: Progress,
): SaveChanged | undefined {
  const records = loadRecords(os, container)
  const identity = readIdentity(os, netns)
  const same = records.filter((record) => isSameNetns(record.netns, identity))
  const parts = same.filter((record) => isSamePlace(record, place))
  const own = choosePart(parts, place, asked)
  const isOwn = (record: UndoRecord) => isSameAttachment(record, own)
  const siblings = same.filter((record) => !isOwn(record))
  const head = { ...own, netns: identity, netnsPath: netns.path, asked }
  const recorded = targets.filter(({ write }) => isRecorded(write))
  const recording = createRecord(head, recorded, same.find(isOwn), siblings)
  // An entry that sets nothing gets an empty record, so that its DEL does not undo the other entries.
  if (recording.record.entries.length === 0 && parts.every(isOwn)) return undefined
  progress.saved = { ...recording, earlier: records.find(isOwn), earlierSiblings: siblings }
  for (const record of [...recording.siblings, recording.record]) saveRecord(os, container, record)
  let { record } = recording
  return (change) => {
    record = change(record)
    saveRecord(os, container, record)
  }
}

/** The record of values that cannot be put back stays, for DEL. */
function takeAllBack(os: Os, { container, saved, written }: Progress): void {
  const stuck = takeBack(os, written.toReversed())
  if (stuck.length > 0) log(os, `could not be put back: ${stuck.join(', ')}`)
  if (container === undefined) return
  if (saved !== undefined && stuck.length === 0) logFailure(os, () => restoreRecords(os, container, saved))
  logFailure(os, () => closeContainer(os, container))
}

function restoreRecords(os: Os, container: Container, saved: Saved): void {
  if (saved.earlier === undefined) removeRecord(os, container, saved.record)
  else saveRecord(os, container, saved.earlier)
  const changed = saved.earlierSiblings.filter((earlier) =>
    saved.siblings.some((each) => isSameAttachment(each, earlier)),
  )
  for (const sibling of changed) saveRecord(os, container, sibling)
}

/** The first error is the useful one. */
function logFailure(os: Os, action: () => void): void {
  const error = catchOsError(action)
  if (error instanceof OsError) log(os, `the undo record is not up to date: ${error.message}`)
}
