import { CniError, ErrorCode } from '../cni/error.ts'
import type { AttachmentRequest } from '../cni/request.ts'
import { parseRecordConf, type RecordConf } from '../config/record-conf.ts'
import type { Stdin } from '../config/stdin.ts'
import { isAbsent, isTransient } from '../os/errno.ts'
import { log } from '../os/log.ts'
import { catchOsError, type Os, OsError } from '../os/os.ts'
import type { Attachment } from '../state/attachment.ts'
import { type Container, closeContainer, findContainer, releaseContainer } from '../state/container.ts'
import { findRecord, findSiblings } from '../state/find.ts'
import { BOOT_ID, isSameNetns, type NetnsIdentity, readIdentity } from '../state/identity.ts'
import { putBackEntries } from '../state/put-back.ts'
import type { UndoRecord } from '../state/record.ts'
import { loadRecords, removeRecord, saveRecord } from '../state/store.ts'
import { isOfLink, planUndoing } from '../state/undo.ts'
import { attachmentOf } from './attachment.ts'
import { openIfContainer } from './netns.ts'

/** Before what has failed, and may pass by itself, is done again. */
const PAUSES_MS = [1, 10, 100]

/**
 * DEL: puts back what ADD has written, where the netns lives on and the value is still that, and removes the record.
 * Succeeds whatever is missing, and whatever will not pass by itself, which is logged and leaves the record to GC: a runtime
 * cannot remove a container whose DEL fails. Throws CniError 11 if another try is worth it, while the netns lives.
 */
export function del(os: Os, request: AttachmentRequest, stdin: Stdin): void {
  const conf = parseRecordConf(stdin)
  const attachment = attachmentOf(request, stdin, conf)
  const failure = catchFailure(() => repeat(os, () => delOnce(os, request, attachment, conf)))
  if (failure === undefined) return
  const isTooLate = failure instanceof OsError ? isTransient(failure) : failure.code === ErrorCode.tryAgainLater
  if (isTooLate && mayLive(os, request.netns)) throw tryAgainLater(failure)
  log(
    os,
    failure instanceof OsError ? `DEL goes on: ${failure.message}` : `${failure.message}, so its records are not used`,
  )
}

function catchFailure(action: () => void): OsError | CniError | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    if (error instanceof OsError || error instanceof CniError) return error
    throw error
  }
}

/** Does it again, from its beginning, while it fails with what may pass by itself. */
function repeat(os: Os, action: () => void): void {
  for (const pause of PAUSES_MS) {
    const failure = catchOsError(action)
    if (!(failure instanceof OsError)) return
    if (!isTransient(failure)) throw failure
    os.sleep(pause)
  }
  action()
}

function delOnce(os: Os, request: AttachmentRequest, attachment: Attachment, conf: RecordConf): void {
  const container = findContainer(os, conf.dataDir, attachment.containerId)
  if (container === undefined) return
  try {
    delRecord(os, container, request, attachment, conf.restoreOnDel)
  } catch (error) {
    releaseContainer(os, container)
    throw error
  }
  closeContainer(os, container)
}

function delRecord(
  os: Os,
  container: Container,
  request: AttachmentRequest,
  attachment: Attachment,
  withSysctls: boolean,
): void {
  const records = loadRecords(os, container)
  const identity = records.length === 0 ? undefined : enterIfThere(os, request)
  const record = findRecord(records, attachment, identity)
  if (record !== undefined && identity !== undefined && isSameNetns(record.netns, identity)) {
    const siblings = findSiblings(records, record, identity)
    if (!undo(os, container, record, siblings, withSysctls)) return
  }
  removeRecord(os, container, record ?? attachment)
}

/** False where something could not be put back, which is logged. */
function undo(
  os: Os,
  container: Container,
  record: UndoRecord,
  siblings: readonly UndoRecord[],
  withSysctls: boolean,
): boolean {
  const { restore, siblings: heirs } = planUndoing(record, siblings)
  for (const heir of heirs) saveRecord(os, container, heir)
  return putBackEntries(
    os,
    restore.filter((entry) => withSysctls || isOfLink(entry)),
  )
}

/** The netns that the thread is in then; undefined if CNI_NETNS is gone, or is not a container's. Throws OsError. */
function enterIfThere(os: Os, request: AttachmentRequest): NetnsIdentity | undefined {
  const netns = openIfContainer(os, request)
  if (netns === undefined) return undefined
  try {
    const refusal = catchOsError(() => os.enterNetns(netns))
    if (!(refusal instanceof OsError)) return checkKnown(readIdentity(os, netns))
    // A namespace of another kind.
    if (refusal.errno === 'EINVAL') return undefined
    throw refusal
  } finally {
    os.close(netns)
  }
}

/** Where it cannot be told which boot this is, as with something else over /proc/sys, the record may be of this netns. */
function checkKnown(identity: NetnsIdentity): NetnsIdentity {
  if (identity.bootId === '') throw new OsError('ENODATA', 'read', BOOT_ID)
  return identity
}

function mayLive(os: Os, netns: string): boolean {
  const status = netns === '' ? undefined : catchOsError(() => os.fileStatus(netns))
  return status !== undefined && !(status instanceof OsError && isAbsent(status))
}

function tryAgainLater({ message }: Error): CniError {
  return new CniError({ code: ErrorCode.tryAgainLater, msg: message, details: 'the undo record stays; try again' })
}
