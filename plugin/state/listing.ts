import type { Os } from '../os/os.ts'
import { parseFlatName } from './attachment.ts'
import { CONTAINERS } from './container.ts'
import { openDataDir } from './data-dir.ts'
import type { UndoRecord } from './record.ts'
import { loadRecords } from './store.ts'

/** Every record in `dataDir` at this moment: no container is locked. Throws OsError and CniError 5. */
export function listRecords(os: Os, dataDir: string): UndoRecord[] {
  const folder = openDataDir(os, dataDir)
  if (folder === undefined) return []
  const parent = os.openFolder(CONTAINERS, folder)
  try {
    const flatNames = os.namesIn(folder)
    const flatIds = flatNames.flatMap((name) => parseFlatName(name)?.containerId ?? [])
    const ids = new Set([...(parent === undefined ? [] : os.namesIn(parent)), ...flatIds])
    return [...ids].flatMap((id) => {
      const own = parent && os.openFolder(id, parent)
      const ofContainer = flatNames.filter((name) => parseFlatName(name)?.containerId === id)
      try {
        return loadRecords(os, { id, dataDir: folder, folder: own, flatNames: ofContainer })
      } finally {
        if (own !== undefined) os.close(own)
      }
    })
  } finally {
    if (parent !== undefined) os.close(parent)
    os.close(folder)
  }
}
