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
  if (exact.length > 0 || netns === undefined) return exact.sort(bySequence)
  const { ifName, entry } = attachment
  const renamed = records.filter((record) => {
    return record.ifName === ifName && record.entry === entry && isSameNetns(record.netns, netns)
  })
  return renamed.every(({ network }) => network === renamed[0]?.network) ? renamed.sort(bySequence) : []
}

function bySequence(a: UndoRecord, b: UndoRecord): number {
  return a.sequence - b.sequence
}

/** The record that was made by the entry with these wishes; undefined if none has them. */
export function findOwn(parts: readonly UndoRecord[], asked: JsonObject): UndoRecord | undefined {
  if (parts.length === 0) return undefined
  const text = JSON.stringify(asked)
  return (
    parts.find((part) => part.asked !== undefined && JSON.stringify(part.asked) === text) ??
    parts.find((part) => part.asked === undefined)
  )
}

/** The number of the entry's record at this place: that of its own record, or else the first free one. All are of one netns. */
export function choosePart(parts: readonly UndoRecord[], place: Attachment, asked: JsonObject): Attachment {
  const own = findOwn(parts, asked)
  if (own !== undefined) return own.part === undefined ? place : { ...place, part: own.part }
  const taken = new Set(parts.map(({ part = 1 }) => part))
  let part = 1
  while (taken.has(part)) part += 1
  return part === 1 ? place : { ...place, part }
}

/** The other records for the same netns. */
export function findSiblings(
  records: readonly UndoRecord[],
  attachment: Attachment,
  netns: NetnsIdentity,
): UndoRecord[] {
  return records.filter((other) => !isSameAttachment(other, attachment) && isSameNetns(other.netns, netns))
}
