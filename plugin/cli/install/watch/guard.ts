import type { Folder } from '../../../os/folder.ts'
import { catchOsError, type Os, OsError } from '../../../os/os.ts'

/** Shows others that a watcher works in a folder, until it ends in any way. */
export interface Guard {
  /** Takes the lock if it is free; false if another watcher has it. */
  hold(): boolean
}

/** A lock on the folder's own descriptor. In `binDir` each install has a lock, so there is none if both folders are the same. */
export function createGuard(os: Os, folder: string, binDir: string): Guard {
  let held: Folder | undefined
  return {
    hold() {
      if (folder === binDir) return true
      const opened = openFolder(os, folder)
      if (opened === undefined) return true
      // If the folder was replaced, both locks are free.
      if (tryLock(os, opened)) {
        if (held !== undefined) os.close(held)
        held = opened
        return true
      }
      os.close(opened)
      return held !== undefined
    },
  }
}

/** Whether a watcher works in a folder, on this system or in any container that has the folder. */
export function isWatched(os: Os, folder: string): boolean {
  const opened = openFolder(os, folder)
  if (opened === undefined) return false
  try {
    return !tryLock(os, opened)
  } finally {
    os.close(opened)
  }
}

/** A symbolic link to a folder counts as a folder; errors are reported elsewhere. */
function openFolder(os: Os, folder: string): Folder | undefined {
  const opened = catchOsError(() => os.openFolder(`${folder}/.`))
  return opened instanceof OsError ? undefined : opened
}

/** Without locks in the file system it is unknown. */
function tryLock(os: Os, folder: Folder): boolean {
  const isTaken = catchOsError(() => os.tryLock(folder))
  return isTaken instanceof OsError || isTaken
}
