import type { JsonObject } from '../config/members.ts'
import { type Attachment, isSameAttachment, isSamePlace } from './attachment.ts'
import { isSameNetns, type NetnsIdentity } from './identity.ts'
import type { UndoRecord } from './record.ts'

/**
 * The records of one place in an attachment's chain, one for each entry there, in the order of their ADDs. If there are
 * none, the network may have been renamed: then those of the same interface count, if they all belong to one network
 * and to this netns.
 */
export function findParts(
  records: readonly UndoRecord[],
  attachment: Attachment,
  netns: NetnsIdentity | undefined,
): readonly UndoRecord[] {
  const exact = records.filter((record) => isSamePlace(record, attachment))
  const parts = exact.length > 0 || netns === undefined ? exact : findRenamed(records, attachment, netns)
  return parts.sort((a, b) => a.sequence - b.sequence)
}

function findRenamed(
  records: readonly UndoRecord[],
  { ifName, entry }: Attachment,
  netns: NetnsIdentity,
): UndoRecord[] {
  const renamed = records.filter((record) => {
    return record.ifName === ifName && record.entry === entry && isSameNetns(record.netns, netns)
  })
  return new Set(renamed.map(({ network }) => network)).size === 1 ? renamed : []
}

/** The record that was made by the entry with these wishes; undefined if none has them. */
export function findOwn(parts: readonly UndoRecord[], asked: JsonObject): UndoRecord | undefined {
  return (
    parts.find((part) => JSON.stringify(part.asked) === JSON.stringify(asked)) ??
    parts.find((part) => part.asked === undefined)
  )
}

/** The number of the entry's record at this place: that of its own record, or else the first free one. All are of one netns. */
export function choosePart(parts: readonly UndoRecord[], place: Attachment, asked: JsonObject): Attachment {
  const own = findOwn(parts, asked)
  const part = own === undefined ? firstFree(parts) : (own.part ?? 1)
  return part === 1 ? place : { ...place, part }
}

function firstFree(parts: readonly UndoRecord[]): number {
  const taken = new Set(parts.map(({ part = 1 }) => part))
  let part = 1
  while (taken.has(part)) part += 1
  return part
}

/** The other records for the same netns. */
export function findSiblings(
  records: readonly UndoRecord[],
  attachment: Attachment,
  netns: NetnsIdentity,
): UndoRecord[] {
  return records.filter((other) => !isSameAttachment(other, attachment) && isSameNetns(other.netns, netns))
}
