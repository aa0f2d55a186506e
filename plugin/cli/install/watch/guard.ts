import type { Folder } from '../../../os/folder.ts'
import { catchOsError, type Os, OsError } from '../../../os/os.ts'

/** Lets others see that a watcher is at work in a folder, until it ends, however it ends. */
export interface Guard {
  /** Takes it where it can be had; false if another watcher has it. */
  hold(): boolean
}

/** A lock on the folder's own descriptor; in `binDir` each install has one, so where both are the same there is none. */
export function createGuard(os: Os, folder: string, binDir: string): Guard {
  let held: Folder | undefined
  return {
    hold() {
      if (folder === binDir) return true
      const opened = openFolder(os, folder)
      if (opened === undefined) return true
      // Where the folder is another one than before, both can be had.
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

/** Whether a watcher is at work in a folder, of this system or of any container that has the folder. */
export function isWatched(os: Os, folder: string): boolean {
  const opened = openFolder(os, folder)
  if (opened === undefined) return false
  try {
    return !tryLock(os, opened)
  } finally {
    os.close(opened)
  }
}

/** A symbolic link to a folder is one too; what cannot be opened is told elsewhere. */
function openFolder(os: Os, folder: string): Folder | undefined {
  const opened = catchOsError(() => os.openFolder(`${folder}/.`))
  return opened instanceof OsError ? undefined : opened
}

/** A file system without locks tells nothing. */
function tryLock(os: Os, folder: Folder): boolean {
  const isTaken = catchOsError(() => os.tryLock(folder))
  return isTaken instanceof OsError || isTaken
}
