import type { AttachmentRequest } from '../cni/request.ts'
import type { JsonObject } from '../config/members.ts'
import { catchOsError, type Os, OsError } from '../os/os.ts'
import { type Attachment, isSameAttachment, isSamePlace, parseRecordName } from '../state/attachment.ts'
import type { Container } from '../state/container.ts'
import { findOwn, findParts, findSiblings } from '../state/find.ts'
import { BOOT_ID, isSameNetns, type NetnsIdentity, readIdentity } from '../state/identity.ts'
import { putBackEntries } from '../state/put-back.ts'
import type { UndoRecord } from '../state/record.ts'
import { loadRecords, removeRecord, saveRecord } from '../state/store.ts'
import { isOfLink, planUndoing } from '../state/undo.ts'
import { openIfContainer } from './netns.ts'

/** The attachment and the entry that a DEL undoes. */
export interface Deleting {
  readonly place: Attachment
  /** What the entry asks. It distinguishes two entries at the same place of a chain. */
  readonly asked: JsonObject
  readonly restoreOnDel: boolean
}

/** Undoes what the entry has set, and removes the records that are no longer needed. Throws OsError and CniError. */
export function delRecords(os: Os, container: Container, request: AttachmentRequest, deleting: Deleting): void {
  const records = loadRecords(os, container)
  const identity = records.length === 0 ? undefined : enterIfThere(os, request)
  const parts = findParts(records, deleting.place, identity)
  if (parts.length === 0) removeUnusable(os, container, deleting.place)
  const isLive = ({ netns }: UndoRecord) => identity !== undefined && isSameNetns(netns, identity)
  const live = parts.filter(isLive)
  const own = findOwn(live, deleting.asked)
  const doomed = [...parts.filter((part) => !isLive(part)), ...chooseDoomed(live, own, deleting)]
  let rest: readonly UndoRecord[] = records
  for (const part of doomed.reverse()) {
    const siblings = identity !== undefined && isLive(part) ? findSiblings(rest, part, identity) : undefined
    const heirs = siblings && undo(os, container, part, siblings, deleting.restoreOnDel || part !== own)
    if (siblings !== undefined && heirs === undefined) continue
    rest = rest.flatMap((each) => (each === part ? [] : (heirs?.find((heir) => isSameAttachment(heir, each)) ?? each)))
    // The DEL of an earlier entry is still to come: a repeated DEL of this entry must not take the other entry's record.
    if (part === own && live[0] !== own) saveRecord(os, container, { ...part, entries: [] })
    else removeRecord(os, container, part)
  }
}

/** Files that cannot be used belong to no entry. */
function removeUnusable(os: Os, container: Container, place: Attachment): void {
  removeRecord(os, container, place)
  for (const name of os.namesIn(container.folder)) {
    const attachment = parseRecordName(place.containerId, name)
    if (attachment !== undefined && isSamePlace(attachment, place)) removeRecord(os, container, attachment)
  }
}

/**
 * Runtimes delete a chain from its end, so the records of later entries are no longer needed. An entry without a record
 * has a changed configuration, so nobody can tell which record is its own. But with `restoreOnDel`
 * off it need not have changed, and leaves the values of other entries alone.
 */
function chooseDoomed(
  live: readonly UndoRecord[],
  own: UndoRecord | undefined,
  { restoreOnDel }: Deleting,
): readonly UndoRecord[] {
  if (own !== undefined) return live.slice(live.indexOf(own))
  return restoreOnDel ? live : live.filter(({ entries }) => entries.every(isOfLink))
}

/** The records that have taken over a value; undefined if something could not be put back, which is logged. */
function undo(
  os: Os,
  container: Container,
  record: UndoRecord,
  siblings: readonly UndoRecord[],
  withSysctls: boolean,
): readonly UndoRecord[] | undefined {
  const { restore, siblings: heirs } = planUndoing(record, siblings)
  for (const heir of heirs) saveRecord(os, container, heir)
  const entries = restore.filter((entry) => withSysctls || isOfLink(entry))
  return putBackEntries(os, entries) ? heirs : undefined
}

/** The netns that the thread has entered; undefined if CNI_NETNS is gone, or is not a container's. Throws OsError. */
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

/** Without the boot's ID, for example because something is mounted over /proc/sys, the record may be of this netns. */
function checkKnown(identity: NetnsIdentity): NetnsIdentity {
  if (identity.bootId === '') throw new OsError('ENODATA', 'read', BOOT_ID)
  return identity
}
