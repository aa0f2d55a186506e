import type { Folder } from '../os/folder.ts'
import type { Os } from '../os/os.ts'
import { parseFlatName } from './attachment.ts'
import { CONTAINERS } from './container.ts'
import { openDataDir } from './data-dir.ts'
import type { UndoRecord } from './record.ts'
import { loadRecords } from './store.ts'

/** Every record in `dataDir` at this moment: no container is locked. Throws OsError and CniError 5. */
export function listRecords(os: Os, dataDir: string): UndoRecord[] {
  return listIn(os, dataDir, (found) =>
    idsOf(found).flatMap((id) =>
      withFolder(os, found.parent && os.openFolder(id, found.parent), (folder) => {
        const flatNames = found.flatNames.filter((name) => parseFlatName(name)?.containerId === id)
        return loadRecords(os, { id, dataDir: found.dataDir, folder, flatNames })
      }),
    ),
  )
}

/** The ids of the containers that have records in `dataDir`. Throws OsError and CniError 5. */
export function listContainers(os: Os, dataDir: string): string[] {
  return listIn(os, dataDir, idsOf)
}

/** What is in a dataDir. */
interface Found {
  readonly dataDir: Folder
  readonly flatNames: readonly string[]
  /** The folder of all containers; undefined if all records are of version 1. */
  readonly parent: Folder | undefined
  /** The containers that have a folder. */
  readonly ids: readonly string[]
}

function listIn<T>(os: Os, dataDir: string, list: (found: Found) => T[]): T[] {
  return withFolder(os, openDataDir(os, dataDir), (folder) => {
    if (folder === undefined) return []
    // First: another command may put a record of version 2 in the place of one.
    const flatNames = os.namesIn(folder)
    return withFolder(os, os.openFolder(CONTAINERS, folder), (parent) => {
      return list({ dataDir: folder, flatNames, parent, ids: parent === undefined ? [] : os.namesIn(parent) })
    })
  })
}

function idsOf({ ids, flatNames }: Found): string[] {
  return [...new Set([...ids, ...flatNames.flatMap((name) => parseFlatName(name)?.containerId ?? [])])]
}

/** Closes the folder, if there is one, after the action. */
function withFolder<T>(os: Os, folder: Folder | undefined, action: (folder: Folder | undefined) => T): T {
  try {
    return action(folder)
  } finally {
    if (folder !== undefined) os.close(folder)
  }
}
