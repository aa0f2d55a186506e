import { catchOsError, type Os, OsError } from '../../os/os.ts'
import { CliError } from '../cli-error.ts'
import { executableIn } from './bin-dir.ts'
import { isThere, type Step } from './steps.ts'

/** This executable. */
export const SELF = '/proc/self/exe'
const MODE = 0o755

/** The copy replaces an old one by a rename: processes that run the old one go on. */
export function planCopy(os: Os, folder: string): Step {
  checkFolder(os, folder)
  const path = executableIn(folder)
  return { path, action: 'copy', isNeeded: !isSame(os, path), lines: [], apply: () => os.copyFile(SELF, path, MODE) }
}

function isSame(os: Os, path: string): boolean {
  return isThere(os, path) && os.fileStatus(path).mode === MODE && os.hasSameContent(SELF, path)
}

function checkFolder(os: Os, folder: string): void {
  const entries = catchOsError(() => os.list(folder))
  if (!(entries instanceof OsError)) return
  if (entries.errno !== 'ENOENT' && entries.errno !== 'ENOTDIR') throw entries
  throw new CliError(`there is no folder ${folder}; give that of this node's CNI plugins with --bin-dir`)
}
