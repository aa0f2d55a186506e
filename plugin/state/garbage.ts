import { isAbsent } from '../os/errno.ts'
import { type Folder, UNFINISHED } from '../os/folder.ts'
import { catchOsError, type Os, OsError } from '../os/os.ts'
import { type Attachment, formatFlatName, formatRecordName, parseFlatName, parseRecordName } from './attachment.ts'
import { CONTAINERS, type Container } from './container.ts'
import type { UndoRecord } from './record.ts'
import { loadRecords } from './store.ts'

/** Tells the records that may go from their names alone. */
export type IsGarbage = (attachment: Attachment) => boolean

/** Runs an action, and keeps what it fails with, so that the next one can be done. */
export type Attempt = <T>(action: () => T) => T | undefined

/**
 * The containers in whose folders something may be removed: a record that is garbage, the beginning of one, or the folder,
 * because it is empty. Reads no record.
 */
export function findSuspects(os: Os, dataDir: Folder, isGarbage: IsGarbage, attempt: Attempt): string[] {
  const flat = attempt(() => os.namesIn(dataDir).flatMap((name) => parseFlatName(name) ?? [])) ?? []
  const suspects = new Set(flat.filter(isGarbage).map(({ containerId }) => containerId))
  const parent = attempt(() => os.openFolder(CONTAINERS, dataDir))
  if (parent === undefined) return [...suspects].sort()
  for (const id of attempt(() => os.namesIn(parent)) ?? []) {
    if (attempt(() => isSuspect(os, parent, id, isGarbage))) suspects.add(id)
  }
  os.close(parent)
  return [...suspects].sort()
}

function isSuspect(os: Os, parent: Folder, id: string, isGarbage: IsGarbage): boolean {
  const folder = catchOsError(() => os.openFolder(id, parent))
  if (folder instanceof OsError && !isAbsent(folder)) throw folder
  if (folder === undefined || folder instanceof OsError) return false
  try {
    const names = os.namesIn(folder)
    return names.length === 0 || names.some((name) => name.endsWith(UNFINISHED) || isGarbageName(id, name, isGarbage))
  } finally {
    os.close(folder)
  }
}

function isGarbageName(id: string, name: string, isGarbage: IsGarbage): boolean {
  const attachment = parseRecordName(id, name)
  return attachment !== undefined && isGarbage(attachment)
}

/** What may go from the folder of one container. Throws OsError. */
export function findGarbage(os: Os, container: Container, isGarbage: IsGarbage): Attachment[] {
  const { id, folder, flatNames } = container
  const names = os.namesIn(folder)
  const found = [
    ...names.flatMap((name) => parseRecordName(id, name) ?? []),
    ...flatNames.flatMap((name) => parseFlatName(name) ?? []),
  ]
  const garbage = new Map(found.filter(isGarbage).map((attachment) => [formatRecordName(attachment), attachment]))
  return [...garbage.values()].filter((attachment) => !isNew(os, container, attachment))
}

/** Seconds. */
const NEW_S = 60

/** Whether it was written after the list of valid attachments may have been made, and its netns lives, or may live. */
function isNew(os: Os, container: Container, attachment: Attachment): boolean {
  const name = formatRecordName(attachment)
  const { folder, dataDir } = container
  const age = os.ageOf(name, folder) ?? os.ageOf(formatFlatName(attachment), dataDir) ?? Number.POSITIVE_INFINITY
  const record = age < NEW_S ? loadRecords(os, container).find((each) => formatRecordName(each) === name) : undefined
  return record !== undefined && mayLive(os, record)
}

function mayLive(os: Os, { netnsPath, netns: { id } }: UndoRecord): boolean {
  if (netnsPath === '') return true
  const netns = catchOsError(() => os.openNetns(netnsPath))
  if (netns instanceof OsError) return !(isAbsent(netns) || netns.errno === 'EINVAL')
  os.close(netns)
  return netns.id === id
}
