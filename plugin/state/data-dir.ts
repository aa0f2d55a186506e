import { CniError, ErrorCode } from '../cni/error.ts'
import { isTransient } from '../os/errno.ts'
import type { FileStatus } from '../os/file.ts'
import type { Folder } from '../os/folder.ts'
import { catchOsError, type Os, OsError } from '../os/os.ts'

/**
 * Opens `dataDir`; undefined if there is none. Throws CniError 5 if somebody else could decide there what root
 * writes: it must be a folder of root's with mode 0700, and nobody else may be able to replace it. Throws OsError if it cannot
 * be checked.
 */
export function openDataDir(os: Os, dataDir: string): Folder | undefined {
  const folder = catchOsError(() => os.openFolder(dataDir))
  if (folder === undefined) return undefined
  if (folder instanceof OsError)
    throw isNoFolder(folder) ? unusable(dataDir, openingProblem(os, dataDir, folder)) : folder
  try {
    const problem = folderProblem(os, folder)
    if (problem === undefined) return folder
    throw unusable(dataDir, problem)
  } catch (error) {
    os.close(folder)
    throw error
  }
}

/** Opens `dataDir`, and makes it if there is none. Throws likewise, and CniError 5 if it cannot be made. */
export function makeDataDir(os: Os, dataDir: string): Folder {
  const folder = openDataDir(os, dataDir)
  if (folder !== undefined) return folder
  const refusal = catchOsError(() => os.makeDirectory(dataDir, 0o700))
  if (refusal instanceof OsError && isTransient(refusal)) throw refusal
  if (refusal instanceof OsError) throw unusable(dataDir, parentProblem(os, dataDir) ?? cannotBeMade(refusal))
  const made = openDataDir(os, dataDir)
  if (made === undefined) throw unusable(dataDir, 'goes away as soon as it is made')
  return made
}

/** Why undo records cannot be kept in `dataDir`, or undefined. If it does not exist, it must be possible to make it. */
export function dataDirProblem(os: Os, dataDir: string): string | undefined {
  const problem = catchOsError(() => findProblem(os, dataDir))
  return problem instanceof OsError ? `cannot be used (${problem.errno})` : problem
}

function findProblem(os: Os, dataDir: string): string | undefined {
  const folder = catchOsError(() => os.openFolder(dataDir))
  if (folder === undefined) return parentProblem(os, dataDir)
  if (folder instanceof OsError) return openingProblem(os, dataDir, folder)
  try {
    const problem = folderProblem(os, folder)
    if (problem === undefined) os.checkWritable(dataDir)
    return problem
  } finally {
    os.close(folder)
  }
}

/** It is a file or a symbolic link, or one of these is in its path. */
function isNoFolder({ errno }: OsError): boolean {
  return errno === 'ENOTDIR' || errno === 'ELOOP'
}

function openingProblem(os: Os, dataDir: string, { errno }: OsError): string {
  const status = catchOsError(() => os.fileStatus(dataDir))
  if (status instanceof OsError || status.kind === 'directory') return `cannot be used (${errno})`
  return status.kind === 'link' ? 'is a symbolic link' : 'is not a folder'
}

function folderProblem(os: Os, folder: Folder): string | undefined {
  const folders = os.foldersFrom(folder)
  // In a user namespace, the owner of / is the machine's root.
  const owners = [0, ...folders.slice(-1).map(({ uid }) => uid)]
  const problems = folders.map((each, index) => (index === 0 ? ownProblem(each) : aboveProblem(each, owners)))
  return problems.find((problem) => problem !== undefined)
}

function ownProblem({ uid, mode }: FileStatus): string | undefined {
  if (uid !== 0) return `belongs to the user ${uid}, not to root`
  return (mode & 0o7077) === 0 ? undefined : `has the mode 0${mode.toString(8)}, not 0700`
}

const STICKY = 0o1000

/** Whoever may write to a folder above can replace dataDir. */
function aboveProblem({ uid, mode }: FileStatus, owners: readonly number[]): string | undefined {
  if (!owners.includes(uid)) return `is below a folder of the user ${uid}`
  if ((mode & 0o022) === 0 || (mode & STICKY) !== 0) return undefined
  return `is below a folder that others may write, of mode 0${mode.toString(8)}`
}

function parentProblem(os: Os, path: string): string | undefined {
  const parent = path.slice(0, path.lastIndexOf('/')) || '/'
  const refusal = catchOsError(() => os.checkWritable(parent))
  if (!(refusal instanceof OsError)) return undefined
  return refusal.errno === 'ENOENT' && parent !== '/' ? parentProblem(os, parent) : cannotBeMade(refusal)
}

function cannotBeMade({ errno }: OsError): string {
  return `cannot be made (${errno})`
}

function unusable(dataDir: string, problem: string): CniError {
  return new CniError({
    code: ErrorCode.io,
    msg: `dataDir ${dataDir} ${problem}`,
    details: 'it must be a folder of root with mode 0700; the plugin makes it where it does not exist',
  })
}
