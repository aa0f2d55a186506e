import type { Os } from '../os/os.ts'
import { WriteError, writeTargets } from '../plan/apply.ts'
import type { Write } from '../plan/plan.ts'
import type { Target } from '../plan/target.ts'
import { verifyTargets } from '../plan/verify.ts'
import { isSameAttachment } from './attachment.ts'
import { type Container, closeContainer, findContainer, lockContainer } from './container.ts'
import { readIdentity } from './identity.ts'
import { type Job, prepareJob, type Reapplied, type Reapplying } from './reapply-job.ts'
import type { UndoRecord } from './record.ts'
import { loadRecords, removeRecord, saveRecord } from './store.ts'
import { amendRecord, createRecord, replaceEntry } from './undo.ts'

/**
 * Brings an attachment to a plan: as an ADD of the same attachment would, with its record, but leaves what is a later
 * attachment's or was changed since, and puts back what the plan has no more. Throws WriteError or CniError 101 where the
 * kernel refuses, CniError 5 or 11 or OsError where no record can be kept; all is as before then.
 */
export function reapply(os: Os, reapplying: Reapplying): Reapplied {
  const { attachment, dataDir, netns, isDryRun } = reapplying
  const { containerId } = attachment
  const container = isDryRun ? findContainer(os, dataDir, containerId) : lockContainer(os, dataDir, containerId)
  try {
    const records = container === undefined ? [] : loadRecords(os, container)
    const job = prepareJob(os, records, readIdentity(os, netns), reapplying)
    if (isDryRun || job.isSettled || container === undefined) return job.report
    return carryOut(os, container, job)
  } finally {
    if (container !== undefined) closeContainer(os, container)
  }
}

function carryOut(os: Os, container: Container, job: Job): Reapplied {
  const { report, targets, earlier, siblings, head, unasked } = job
  const { siblings: changed, ...created } = createRecord(head, targets, earlier, siblings)
  let { record } = created
  for (const each of [...changed, ...unasked.siblings, record]) saveRecord(os, container, each)
  const written = write(os, container, job, [...changed, ...unasked.siblings], (instead) => {
    record = replaceEntry(record, instead)
    saveRecord(os, container, record)
  })
  const deviations = verifyTargets(os, written)
  const ids = new Set(written.map(({ write }) => write.subject.id))
  const unwritten = targets.filter(({ write }) => !ids.has(write.subject.id))
  const amended = amendRecord(record, unwritten, deviations)
  // What could not be put back is left to DEL.
  const stuck = new Set(
    report.putBack.filter((target) => !written.includes(target)).map(({ write }) => write.subject.id),
  )
  const isGone = (id: string) => unasked.restore.some((entry) => entry.id === id) && !stuck.has(id)
  // An empty record stays: it tells CHECK that nothing of the old request counts.
  saveRecord(os, container, { ...amended, entries: amended.entries.filter(({ id }) => !isGone(id)) })
  return { ...report, putBack: report.putBack.filter(({ write }) => !stuck.has(write.subject.id)) }
}

/** What was written; where something is refused, the records are as they were. */
function write(
  os: Os,
  container: Container,
  job: Job,
  changed: readonly UndoRecord[],
  beforeInstead: (write: Write) => void,
): readonly Target[] {
  try {
    return writeTargets(os, [...job.report.putBack, ...job.targets], (target) => beforeInstead(target.write))
  } catch (error) {
    if (error instanceof WriteError && error.isUndone) restoreRecords(os, container, job, changed)
    throw error
  }
}

function restoreRecords(os: Os, container: Container, job: Job, changed: readonly UndoRecord[]): void {
  const { earlier, siblings, head } = job
  if (earlier === undefined) removeRecord(os, container, head)
  else saveRecord(os, container, earlier)
  const isTouched = (sibling: UndoRecord) => changed.some((each) => isSameAttachment(each, sibling))
  for (const sibling of siblings.filter(isTouched)) saveRecord(os, container, sibling)
}
