import type { JsonObject } from '../config/members.ts'
import { type Attachment, isSameAttachment, isSamePlace } from './attachment.ts'
import { isSameNetns, type NetnsIdentity } from './identity.ts'
import type { UndoRecord } from './record.ts'

/**
 * The records of one place in an attachment's chain, one for each entry there, in the order of their ADDs. Where there is
 * none, the network may have been renamed since: then they are those of the same interface, if they are of one network only
 * and their netns certainly is the same.
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

/** The one of these that the entry has made which asks this; undefined where none tells that it was. */
export function findOwn(parts: readonly UndoRecord[], asked: JsonObject): UndoRecord | undefined {
  if (parts.length === 0) return undefined
  const text = JSON.stringify(asked)
  return (
    parts.find((part) => part.asked !== undefined && JSON.stringify(part.asked) === text) ??
    parts.find((part) => part.asked === undefined)
  )
}

/** Which of the parts of a place, all of one netns, is the entry's: what it has recorded already, or the first that is free. */
export function choosePart(parts: readonly UndoRecord[], place: Attachment, asked: JsonObject): Attachment {
  const own = findOwn(parts, asked)
  if (own !== undefined) return own.part === undefined ? place : { ...place, part: own.part }
  const taken = new Set(parts.map(({ part = 1 }) => part))
  let part = 1
  while (taken.has(part)) part += 1
  return part === 1 ? place : { ...place, part }
}

/** The other records of the same netns. */
export function findSiblings(
  records: readonly UndoRecord[],
  attachment: Attachment,
  netns: NetnsIdentity,
): UndoRecord[] {
  return records.filter((other) => !isSameAttachment(other, attachment) && isSameNetns(other.netns, netns))
}
