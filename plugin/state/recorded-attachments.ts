import type { Os } from '../os/os.ts'
import type { Attachment } from './attachment.ts'
import { closeContainer, findContainer, releaseContainer } from './container.ts'
import type { NetnsIdentity } from './identity.ts'
import { listContainers } from './listing.ts'
import { loadRecords, removeRecord } from './store.ts'

/** An attachment that has an undo record. */
export interface RecordedAttachment {
  readonly attachment: Attachment
  readonly netns: NetnsIdentity
}

/** Every attachment that ADD has left a record of, and DEL has not removed. Throws OsError and CniError. */
export function listRecorded(os: Os, dataDir: string): RecordedAttachment[] {
  return listContainers(os, dataDir).flatMap((id) => {
    const container = findContainer(os, dataDir, id)
    if (container === undefined) return []
    try {
      return loadRecords(os, container).map((record) => ({ attachment: record, netns: record.netns }))
    } finally {
      releaseContainer(os, container)
    }
  })
}

/** Removes the record of an attachment that is gone. Throws OsError and CniError. */
export function removeRecorded(os: Os, dataDir: string, attachment: Attachment): void {
  const container = findContainer(os, dataDir, attachment.containerId)
  if (container === undefined) return
  try {
    removeRecord(os, container, attachment)
  } finally {
    closeContainer(os, container)
  }
}
