import { CniError, ErrorCode } from '../cni/error.ts'
import { type Folder, UNFINISHED } from '../os/folder.ts'
import { LONGEST_WAIT_MS, waitForLock } from '../os/lock.ts'
import { catchOsError, type Os, OsError } from '../os/os.ts'
import { parseFlatName } from './attachment.ts'
import { makeDataDir, openDataDir } from './data-dir.ts'

/** The folder of one container's records, locked against other processes. */
export interface Container {
  readonly id: string
  readonly dataDir: Folder
  /** The folder of all containers. */
  readonly parent: Folder
  readonly folder: Folder
  /** The records of version 1, which are in dataDir itself. */
  readonly flatNames: readonly string[]
}

/** The folder in dataDir that has a folder for each container. */
export const CONTAINERS = 'containers'

/** How often a folder may be removed, with its last record, between opening and locking it. */
const MOST_ATTEMPTS = 1000

/** Locks a container's folder, and makes it if it is missing. Throws CniError 5 for dataDir, 11 after a long wait; OsError. */
export function lockContainer(os: Os, dataDir: string, id: string): Container {
  return lockBelow(os, makeDataDir(os, dataDir), id, LONGEST_WAIT_MS, true) as Container
}

/**
 * Locks the folder of a container that has records; undefined if it has none. Throws likewise, CniError 11 after
 * `longestWait`, in milliseconds.
 */
export function findContainer(
  os: Os,
  dataDir: string,
  id: string,
  longestWait: number = LONGEST_WAIT_MS,
): Container | undefined {
  const folder = openDataDir(os, dataDir)
  return folder && lockBelow(os, folder, id, longestWait, false)
}

/** Closes `dataDir` unless there is a container to close it with. */
function lockBelow(os: Os, dataDir: Folder, id: string, longestWait: number, isNew: boolean): Container | undefined {
  let container: Container | undefined
  try {
    container = lockIn(os, { dataDir, id, flatNames: findFlatNames(os, dataDir, id) }, longestWait, isNew)
    return container
  } finally {
    if (container === undefined) os.close(dataDir)
  }
}

/**
 * Unlocks a container's folder. If it has no records it is removed, with leftovers of killed processes. Throws
 * OsError if that fails; it is unlocked anyway.
 */
export function closeContainer(os: Os, container: Container): void {
  const { id, dataDir, parent, folder } = container
  try {
    const names = os.namesIn(folder)
    const unfinished = names.filter((name) => name.endsWith(UNFINISHED))
    for (const name of unfinished) os.removeFile(name, folder)
    if (names.length > unfinished.length) return
    // Another command may have removed the first and not the second. Both stay if they are not empty.
    os.removeFolder(id, parent)
    os.removeFolder(CONTAINERS, dataDir)
  } finally {
    releaseContainer(os, container)
  }
}

/** Unlocks a container's folder and leaves it, even if it is empty. */
export function releaseContainer(os: Os, { dataDir, parent, folder }: Container): void {
  release(os, folder, parent, dataDir)
}

type Found = Pick<Container, 'id' | 'dataDir' | 'flatNames'>

/** Undefined if the container has no records and `isNew` is false. */
function lockIn(os: Os, found: Found, longestWait: number, isNew: boolean): Container | undefined {
  const isMade = isNew || found.flatNames.length > 0
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const container = tryToLock(os, found, longestWait, isMade)
    if (container !== undefined) return container === 'none' ? undefined : container
  }
  throw new OsError('EAGAIN', 'flock', `${found.dataDir.path}/${CONTAINERS}/${found.id}`)
}

/** Undefined if the folder was removed meanwhile, with its last record. */
function tryToLock(os: Os, found: Found, longestWait: number, isMade: boolean): Container | 'none' | undefined {
  const opened: Folder[] = []
  const keep = (folder: Folder | undefined) => {
    if (folder !== undefined) opened.push(folder)
    return folder
  }
  let isLocked = false
  try {
    const parent = keep(
      os.openFolder(CONTAINERS, found.dataDir) ?? (isMade ? make(os, CONTAINERS, found.dataDir) : undefined),
    )
    const folder = parent && keep(isMade ? make(os, found.id, parent) : os.openFolder(found.id, parent))
    if (!(parent && folder)) return isMade ? undefined : 'none'
    if (!waitForLock(os, folder, longestWait)) throw isBusy(found.id)
    isLocked = os.isStillAt(folder, found.id, parent)
    return isLocked ? { ...found, parent, folder } : undefined
  } finally {
    if (!isLocked) {
      release(os, ...opened)
      // A killed process may have left an empty folder.
      catchOsError(() => os.removeFolder(CONTAINERS, found.dataDir))
    }
  }
}

function make(os: Os, name: string, at: Folder): Folder | undefined {
  os.makeFolder(name, 0o700, at)
  return os.openFolder(name, at)
}

function release(os: Os, ...folders: readonly Folder[]): void {
  for (const folder of folders) os.close(folder)
}

function findFlatNames(os: Os, dataDir: Folder, id: string): string[] {
  return os.namesIn(dataDir).filter((name) => parseFlatName(name)?.containerId === id)
}

function isBusy(id: string): CniError {
  return new CniError({
    code: ErrorCode.tryAgainLater,
    msg: `another command works on the container ${id} and does not end`,
    details: 'nothing was changed; try again',
  })
}
