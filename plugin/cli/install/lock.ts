import { UNFINISHED } from '../../os/folder.ts'
import { waitForLock } from '../../os/lock.ts'
import { catchOsError, type Os, OsError } from '../../os/os.ts'
import { CliError } from '../cli-error.ts'

/**
 * Keeps other installs from the folder of the executable until the process ends, and removes from the folders what those
 * that were killed have left there. Throws CliError where another one does not come to its end.
 */
export function lockInstall(os: Os, binDir: string, folders: readonly string[]): void {
  // A symbolic link to a folder is one too. What is none is told later on.
  const folder = catchOsError(() => os.openFolder(`${binDir}/.`))
  if (folder === undefined || folder instanceof OsError) return
  if (!waitForLock(os, folder))
    throw new CliError(`another install is at work in ${binDir}, and does not come to its end`)
  for (const each of [binDir, ...folders]) catchOsError(() => sweep(os, each))
}

function sweep(os: Os, path: string): void {
  const folder = os.openFolder(`${path}/.`)
  if (folder === undefined) return
  for (const name of os.namesIn(folder)) if (name.endsWith(UNFINISHED)) os.removeFile(name, folder)
  os.close(folder)
}
