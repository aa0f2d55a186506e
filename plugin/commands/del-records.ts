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

/** What a DEL is about. */
export interface Deleting {
  readonly place: Attachment
  /** What its entry asks: it tells the entries at one place of a chain apart. */
  readonly asked: JsonObject
  readonly restoreOnDel: boolean
}

/** Undoes what the entry has set, and removes the records that nobody needs any more. Throws OsError and CniError. */
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
    // While an earlier entry's DEL is to come, another one of this entry must not take that one's record for its own.
    if (part === own && live[0] !== own) saveRecord(os, container, { ...part, entries: [] })
    else removeRecord(os, container, part)
  }
}

/** Files that cannot be used are nobody's. */
function removeUnusable(os: Os, container: Container, place: Attachment): void {
  removeRecord(os, container, place)
  const names = os.namesIn(container.folder).flatMap((name) => parseRecordName(place.containerId, name) ?? [])
  for (const name of names) if (isSamePlace(name, place)) removeRecord(os, container, name)
}

/**
 * Runtimes delete a chain from its end, so what a later entry has left is nobody's any more. An entry that has recorded
 * nothing is one whose configuration has changed since, and then there is no telling which it was; but with `restoreOnDel`
 * off it need not have changed, and leaves alone what others have set.
 */
function chooseDoomed(
  live: readonly UndoRecord[],
  own: UndoRecord | undefined,
  { restoreOnDel }: Deleting,
): readonly UndoRecord[] {
  if (own !== undefined) return live.slice(live.indexOf(own))
  return restoreOnDel ? live : live.filter(({ entries }) => entries.every(isOfLink))
}

/** The records that have taken something over; undefined where something could not be put back, which is logged. */
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

/** The netns that the thread is in then; undefined where CNI_NETNS is gone, or is not a container's. Throws OsError. */
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
