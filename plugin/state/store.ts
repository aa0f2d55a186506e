import { CniError, ErrorCode } from '../cni/error.ts'
import { log } from '../os/log.ts'
import { finishedPath, type Os, OsError } from '../os/os.ts'
import { type Attachment, formatRecordName, isSameAttachment, parseRecordName } from './attachment.ts'
import { formatRecord, parseRecord, type UndoRecord } from './record.ts'

/**
 * Why undo records cannot be kept in `dataDir`, or undefined. It must be root's, of mode 0700 and no symbolic link, so
 * that nobody else decides what root writes; where it does not exist, it must be possible to make it.
 */
export function dataDirProblem(os: Os, dataDir: string): string | undefined {
  try {
    const problem = folderProblem(os, dataDir)
    if (problem === undefined) os.checkWritable(dataDir)
    return problem
  } catch (error) {
    if (!(error instanceof OsError)) throw error
    return error.errno === 'ENOENT' ? parentProblem(os, dataDir) : `cannot be used (${error.errno})`
  }
}

/** Why what is in an existing `dataDir` may be somebody else's, or undefined. Throws OsError, ENOENT without it. */
function folderProblem(os: Os, dataDir: string): string | undefined {
  const { kind, uid, mode } = os.fileStatus(dataDir)
  if (kind === 'link') return 'is a symbolic link'
  if (kind !== 'directory') return 'is not a folder'
  if (uid !== 0) return `belongs to the user ${uid}, not to root`
  return (mode & 0o7077) === 0 ? undefined : `has the mode 0${mode.toString(8)}, not 0700`
}

/** Makes `dataDir` where it does not exist. Throws CniError 5 where it cannot be used. */
export function prepareDataDir(os: Os, dataDir: string): void {
  const problem = dataDirProblem(os, dataDir) ?? makingProblem(os, dataDir)
  if (problem !== undefined) throw unusable(dataDir, problem)
}

/** Throws CniError 5 for an existing `dataDir` that may be somebody else's. */
export function checkDataDir(os: Os, dataDir: string): void {
  const problem = folderProblem(os, dataDir)
  if (problem !== undefined) throw unusable(dataDir, problem)
}

/** Puts a record on the disk, whole or not at all. Throws OsError. */
export function saveRecord(os: Os, dataDir: string, record: UndoRecord): void {
  os.replaceFile(`${dataDir}/${formatRecordName(record)}`, formatRecord(record), 0o600)
}

/** The record of an attachment; undefined where there is none, or none that can be used, which is logged. */
export function loadRecord(os: Os, dataDir: string, attachment: Attachment): UndoRecord | undefined {
  const path = `${dataDir}/${formatRecordName(attachment)}`
  try {
    const problem = folderProblem(os, dataDir)
    if (problem !== undefined) {
      log(os, `dataDir ${dataDir} ${problem}, so its records are not used`)
      return undefined
    }
    const record = parseRecord(os.readFile(path))
    if (record !== undefined && isSameAttachment(record, attachment)) return record
    log(os, `${path}: is no undo record of this version and attachment, so it is not used`)
  } catch (error) {
    if (!(error instanceof OsError)) throw error
    if (error.errno !== 'ENOENT') log(os, `${path}: cannot be read (${error.errno}), so it is not used`)
  }
  return undefined
}

/** Removes the record of an attachment, and what an ADD that was killed may have left of it. Throws OsError. */
export function removeRecord(os: Os, dataDir: string, attachment: Attachment): void {
  os.removeFile(`${dataDir}/${formatRecordName(attachment)}`)
}

/** The attachments that have a record, whatever is in it, or the beginning of one. Throws OsError. */
export function listAttachments(os: Os, dataDir: string): Attachment[] {
  return listWith(os, dataDir, '')
}

/** Those whose record has `part` in its name: on a node with many pods it takes a while to parse each. */
function listWith(os: Os, dataDir: string, part: string): Attachment[] {
  try {
    const names = os.list(dataDir).flatMap(({ name }) => (name.includes(part) ? finishedPath(name) : []))
    return [...new Set(names)].flatMap((name) => parseRecordName(name) ?? [])
  } catch (error) {
    if (error instanceof OsError && error.errno === 'ENOENT') return []
    throw error
  }
}

/** The other records of the same container that were made for the same netns. Throws OsError. */
export function loadSiblings(os: Os, dataDir: string, attachment: Attachment, netns: string): UndoRecord[] {
  return listWith(os, dataDir, `@${attachment.containerId}@`)
    .filter((other) => other.containerId === attachment.containerId && !isSameAttachment(other, attachment))
    .flatMap((other) => loadRecord(os, dataDir, other) ?? [])
    .filter((record) => record.netns === netns)
}

function unusable(dataDir: string, problem: string): CniError {
  return new CniError({
    code: ErrorCode.io,
    msg: `dataDir ${dataDir} ${problem}`,
    details: 'it must be a folder of root with mode 0700; the plugin makes it where it does not exist',
  })
}

function parentProblem(os: Os, path: string): string | undefined {
  const parent = path.slice(0, path.lastIndexOf('/')) || '/'
  try {
    os.checkWritable(parent)
    return undefined
  } catch (error) {
    if (!(error instanceof OsError)) throw error
    if (error.errno === 'ENOENT' && parent !== '/') return parentProblem(os, parent)
    return `cannot be made (${error.errno})`
  }
}

function makingProblem(os: Os, dataDir: string): string | undefined {
  try {
    os.makeDirectory(dataDir, 0o700)
    return dataDirProblem(os, dataDir)
  } catch (error) {
    if (!(error instanceof OsError)) throw error
    // Another ADD has just made it.
    if (error.errno === 'EEXIST') return dataDirProblem(os, dataDir)
    return `cannot be made (${error.errno})`
  }
}
