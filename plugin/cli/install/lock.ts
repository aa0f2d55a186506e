import { type Folder, UNFINISHED } from '../../os/folder.ts'
import { LONGEST_WAIT_MS, waitForLock } from '../../os/lock.ts'
import { catchOsError, type Os, OsError } from '../../os/os.ts'
import { CliError } from '../cli-error.ts'

/**
 * Locks the folder of the executable against other installs while `action` runs, and removes the leftovers of
 * killed ones from the folders. Throws CliError if another install does not end within `longestWait`
 * milliseconds.
 */
export function whileLocked<T>(
  os: Os,
  binDir: string,
  folders: readonly string[],
  action: () => T,
  longestWait: number = LONGEST_WAIT_MS,
): T {
  // A symbolic link to a folder counts as a folder. Anything else is reported later.
  const folder = catchOsError(() => os.openFolder(`${binDir}/.`))
  if (folder === undefined || folder instanceof OsError) return action()
  try {
    lock(os, folder, binDir, longestWait)
    for (const each of new Set([binDir, ...folders])) catchOsError(() => sweep(os, each))
    return action()
  } finally {
    os.close(folder)
  }
}

function lock(os: Os, folder: Folder, binDir: string, longestWait: number): void {
  if (waitForLock(os, folder, longestWait)) return
  throw new CliError(`another install works in ${binDir} and does not end`)
}

function sweep(os: Os, path: string): void {
  const folder = os.openFolder(`${path}/.`)
  if (folder === undefined) return
  try {
    for (const name of os.namesIn(folder)) if (name.endsWith(UNFINISHED)) os.removeFile(name, folder)
  } finally {
    os.close(folder)
  }
}
