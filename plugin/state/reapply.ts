import { CniError, ErrorCode } from '../cni/error.ts'
import { log } from '../os/log.ts'
import { catchOsError, type Os, OsError } from '../os/os.ts'
import { takeBack, WriteError, writeTargets } from '../plan/apply.ts'
import type { Target } from '../plan/target.ts'
import { verifyTargets } from '../plan/verify.ts'
import { type Attachment, isSameAttachment, isSamePlace } from './attachment.ts'
import { type Container, closeContainer, findContainer, lockContainer } from './container.ts'
import { isSameNetns, type NetnsIdentity, readIdentity } from './identity.ts'
import { type Job, prepareJob, type Reapplied, type Reapplying } from './reapply-job.ts'
import type { UndoRecord } from './record.ts'
import { loadRecords, removeRecord, saveRecord } from './store.ts'
import { amendRecord, type Recording, replaceEntry, updateRecord } from './undo.ts'

/**
 * Makes an attachment match a plan, as its ADD would, with the record. But it leaves values that belong to a later
 * attachment or were changed since, and puts back values that the plan no longer has. Throws WriteError or CniError 101 if the
 * kernel refuses one, CniError 5 or 11 or OsError if no record can be kept; then nothing is changed.
 */
export function reapply(os: Os, reapplying: Reapplying): Reapplied {
  const { attachment, dataDir, netns, isDryRun } = reapplying
  const { containerId } = attachment
  const container = isDryRun ? findContainer(os, dataDir, containerId) : lockContainer(os, dataDir, containerId)
  try {
    const records = container === undefined ? [] : loadRecords(os, container)
    const identity = readIdentity(os, netns)
    refuseParts(records, attachment, identity)
    const job = prepareJob(os, records, identity, reapplying)
    // Only a dry run finds no container.
    return isDryRun || job.isSettled ? job.report : carryOut(os, container as Container, job)
  } finally {
    if (container !== undefined) logFailure(os, () => closeContainer(os, container))
  }
}

/** What has been written so far. */
interface Progress {
  written: readonly Target[]
}

/** The wishes of two entries together do not tell which of them has to undo which value. */
function refuseParts(records: readonly UndoRecord[], attachment: Attachment, identity: NetnsIdentity): void {
  const parts = records.filter((record) => isSamePlace(record, attachment) && isSameNetns(record.netns, identity))
  if (parts.length < 2) return
  throw new CniError({
    code: ErrorCode.invalidConfig,
    msg: `the values of this container were set by ${parts.length} entries of one chain`,
    details: 'make them one entry, and restart the container',
  })
}

function carryOut(os: Os, container: Container, job: Job): Reapplied {
  const recording = updateRecord(job.head, job.targets, job.earlier, job.siblings, job.taken)
  const progress: Progress = { written: [] }
  try {
    return advance(os, container, job, recording, progress)
  } catch (error) {
    if (error instanceof WriteError && !error.isUndone) throw error
    const stuck = takeBack(os, progress.written.toReversed())
    if (stuck.length > 0) log(os, `could not be put back: ${stuck.join(', ')}`)
    else logFailure(os, () => restoreRecords(os, container, job, recording.siblings))
    throw error
  }
}

function advance(
  os: Os,
  container: Container,
  { report, targets, unasked }: Job,
  { siblings, ...created }: Recording,
  progress: Progress,
): Reapplied {
  let { record } = created
  for (const each of [...siblings, record]) saveRecord(os, container, each)
  const written = writeTargets(os, [...report.putBack, ...targets], (instead) => {
    record = replaceEntry(record, instead.write)
    saveRecord(os, container, record)
  })
  progress.written = written
  const deviations = verifyTargets(os, written)
  const ids = new Set(written.map(({ write }) => write.subject.id))
  const unwritten = targets.filter(({ write }) => !ids.has(write.subject.id))
  const amended = amendRecord(record, unwritten, deviations)
  // Values that could not be put back are left to DEL.
  const refused = report.putBack.filter((target) => !written.includes(target)).map(({ write }) => write.subject.id)
  const stuck = new Set([...report.stuck, ...refused])
  const isGone = (id: string) => unasked.some((entry) => entry.id === id) && !stuck.has(id)
  // An empty record stays: it tells CHECK that the old request no longer counts.
  saveRecord(os, container, { ...amended, entries: amended.entries.filter(({ id }) => !isGone(id)) })
  return { ...report, putBack: report.putBack.filter(({ write }) => !stuck.has(write.subject.id)), stuck: [...stuck] }
}

function restoreRecords(os: Os, container: Container, job: Job, changed: readonly UndoRecord[]): void {
  const { earlier, siblings, head } = job
  if (earlier === undefined) removeRecord(os, container, head)
  else saveRecord(os, container, earlier)
  const isTouched = (sibling: UndoRecord) => changed.some((each) => isSameAttachment(each, sibling))
  for (const sibling of siblings.filter(isTouched)) saveRecord(os, container, sibling)
}

/** The result, or the first error, is more useful. */
function logFailure(os: Os, action: () => void): void {
  const failure = catchOsError(action)
  if (failure instanceof OsError) log(os, `the undo records are not as they should be: ${failure.message}`)
}
