import type { Folder } from '../os/folder.ts'
import type { Os } from '../os/os.ts'
import { parseFlatName } from './attachment.ts'
import { CONTAINERS } from './container.ts'
import { openDataDir } from './data-dir.ts'
import type { UndoRecord } from './record.ts'
import { loadRecords } from './store.ts'

/** Every record in `dataDir` at this moment: no container is locked, and nothing is made. Throws OsError and CniError 5. */
export function listRecords(os: Os, dataDir: string): UndoRecord[] {
  return listIn(os, dataDir, ({ parent, flatNames }) => [
    ...new Set([
      ...(parent === undefined ? [] : os.namesIn(parent)),
      ...flatNames.flatMap((name) => parseFlatName(name)?.containerId ?? []),
    ]),
  ])
}

/** Likewise, those of one container. */
export function listRecordsOf(os: Os, dataDir: string, containerId: string): UndoRecord[] {
  return listIn(os, dataDir, () => [containerId])
}

/** What is in a dataDir. */
interface Found {
  readonly dataDir: Folder
  readonly flatNames: readonly string[]
  /** The folder of all containers; undefined if all records are of version 1. */
  readonly parent: Folder | undefined
}

function listIn(os: Os, dataDir: string, choose: (found: Found) => readonly string[]): UndoRecord[] {
  return withFolder(os, openDataDir(os, dataDir), (folder) => {
    if (folder === undefined) return []
    // First: another command may put a record of version 2 in the place of one.
    const flatNames = os.namesIn(folder)
    return withFolder(os, os.openFolder(CONTAINERS, folder), (parent) => {
      const found = { dataDir: folder, flatNames, parent }
      return choose(found).flatMap((id) => readRecords(os, found, id))
    })
  })
}

function readRecords(os: Os, { dataDir, flatNames, parent }: Found, id: string): UndoRecord[] {
  return withFolder(os, parent && os.openFolder(id, parent), (folder) => {
    const own = flatNames.filter((name) => parseFlatName(name)?.containerId === id)
    return loadRecords(os, { id, dataDir, folder, flatNames: own })
  })
}

/** Closes the folder, if there is one, after the action. */
function withFolder<T>(os: Os, folder: Folder | undefined, action: (folder: Folder | undefined) => T): T {
  try {
    return action(folder)
  } finally {
    if (folder !== undefined) os.close(folder)
  }
}
