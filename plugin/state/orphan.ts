import type { Os } from '../os/os.ts'
import type { Attachment } from './attachment.ts'
import { closeContainer, findContainer } from './container.ts'
import { removeRecord } from './store.ts'

/** Removes the record of an attachment whose container is gone. Throws OsError and CniError. */
export function removeOrphan(os: Os, dataDir: string, attachment: Attachment): void {
  const container = findContainer(os, dataDir, attachment.containerId)
  if (container === undefined) return
  try {
    removeRecord(os, container, attachment)
  } finally {
    closeContainer(os, container)
  }
}
