import { type Attachment, isSameAttachment } from './attachment.ts'
import { isSameNetns, type NetnsIdentity } from './identity.ts'
import type { UndoRecord } from './record.ts'

/**
 * The record of an attachment among those of its container. Where there is none, its network may have been renamed since:
 * then it is that of the same interface, if there is one only and its netns certainly is the same.
 */
export function findRecord(
  records: readonly UndoRecord[],
  attachment: Attachment,
  netns: NetnsIdentity | undefined,
): UndoRecord | undefined {
  const exact = records.find((record) => isSameAttachment(record, attachment))
  if (exact !== undefined || netns === undefined) return exact
  const { ifName, entry } = attachment
  const [renamed, ...others] = records.filter((record) => {
    return record.ifName === ifName && record.entry === entry && isSameNetns(record.netns, netns)
  })
  return others.length === 0 ? renamed : undefined
}

/** The other records of the same netns. */
export function findSiblings(
  records: readonly UndoRecord[],
  attachment: Attachment,
  netns: NetnsIdentity,
): UndoRecord[] {
  return records.filter((other) => !isSameAttachment(other, attachment) && isSameNetns(other.netns, netns))
}
