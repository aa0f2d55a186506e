import { log } from '../os/log.ts'
import { type Os, OsError } from '../os/os.ts'
import { WriteError, writeTargets } from '../plan/apply.ts'
import type { Target } from '../plan/target.ts'
import { verifyTargets } from '../plan/verify.ts'
import type { Attachment } from './attachment.ts'
import type { UndoRecord } from './record.ts'
import { loadRecord, loadSiblings, prepareDataDir, removeRecord, saveRecord } from './store.ts'
import { amendRecord, createRecord } from './undo.ts'

/** What one ADD writes, and what of it is to be undone one day. */
export interface Undertaking {
  readonly attachment: Attachment
  /** "dev:ino" of the container's netns. */
  readonly netns: string
  readonly targets: readonly Target[]
  readonly recorded: readonly Target[]
}

/**
 * Writes the targets, after what is needed to undo the recorded ones is on the disk: whenever the process may be killed,
 * the runtime's DEL finds what there is to put back. Throws what {@link writeTargets} throws, and CniError 5 for a record
 * that cannot be kept, before anything was written.
 */
export function writeRecorded(os: Os, dataDir: string, undertaking: Undertaking): void {
  const { targets, recorded } = undertaking
  if (recorded.length === 0) {
    verifyTargets(os, writeTargets(os, targets))
    return
  }
  prepareDataDir(os, dataDir)
  const { attachment, netns } = undertaking
  const earlier = loadRecord(os, dataDir, attachment)
  const record = createRecord(attachment, netns, recorded, earlier, loadSiblings(os, dataDir, attachment, netns))
  saveRecord(os, dataDir, record)
  let written: readonly Target[]
  try {
    written = writeTargets(os, targets)
  } catch (error) {
    if (error instanceof WriteError && error.isUndone) dropRecord(os, dataDir, attachment, earlier)
    throw error
  }
  const unwritten = written.length === targets.length ? [] : targets.filter((target) => !written.includes(target))
  const deviations = verifyTargets(os, written)
  if (unwritten.length + deviations.length === 0) return
  logFailure(os, () => saveRecord(os, dataDir, amendRecord(record, unwritten, deviations)))
}

function dropRecord(os: Os, dataDir: string, attachment: Attachment, earlier: UndoRecord | undefined): void {
  logFailure(os, () => {
    if (earlier === undefined) removeRecord(os, dataDir, attachment)
    else saveRecord(os, dataDir, earlier)
  })
}

/** The sysctls are as they should be; a record that is not does not change that. */
function logFailure(os: Os, action: () => void): void {
  try {
    action()
  } catch (error) {
    if (!(error instanceof OsError)) throw error
    log(os, `the undo record is not up to date: ${error.message}`)
  }
}
