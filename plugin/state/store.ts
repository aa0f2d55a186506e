import { type Folder, UNFINISHED } from '../os/folder.ts'
import { log } from '../os/log.ts'
import type { Os } from '../os/os.ts'
import {
  type Attachment,
  formatFlatName,
  formatRecordName,
  isSameAttachment,
  parseFlatName,
  parseRecordName,
} from './attachment.ts'
import { CONTAINERS, type Container } from './container.ts'
import { readBootId } from './identity.ts'
import { parseRecord } from './parse-record.ts'
import { formatRecord, type UndoRecord } from './record.ts'

/** Saves a record, whole or not at all. Throws OsError. */
export function saveRecord(os: Os, container: Container, record: UndoRecord): void {
  os.replaceFile(formatRecordName(record), formatRecord(record), 0o600, container.folder)
  removeFlat(os, container, record)
}

/** Removes the record of an attachment. Throws OsError. */
export function removeRecord(os: Os, container: Container, attachment: Attachment): void {
  os.removeFile(formatRecordName(attachment), container.folder)
  removeFlat(os, container, attachment)
}

/** The place of a container's records; `folder` is undefined if all of them are of version 1. */
type Readable = Omit<Container, 'parent' | 'folder'> & { readonly folder: Container['folder'] | undefined }

/** Every record of a container. Unusable ones are left out and logged. Throws OsError if one cannot be read. */
export function loadRecords(os: Os, container: Readable): UndoRecord[] {
  const { id, folder, dataDir, flatNames } = container
  const records = folder === undefined ? [] : os.namesIn(folder).flatMap((name) => loadOwn(os, id, name, folder))
  for (const name of flatNames) {
    const attachment = name.endsWith(UNFINISHED) ? undefined : parseFlatName(name)
    if (attachment === undefined || records.some((record) => isSameAttachment(record, attachment))) continue
    const record = load(os, attachment, name, dataDir)
    if (record !== undefined)
      records.push({ ...record, netns: { ...record.netns, bootId: bootOf(os, container, name) } })
  }
  return records
}

/** The place of an attachment's record. */
export function formatRecordPath(dataDir: string, attachment: Attachment): string {
  return `${dataDir}/${CONTAINERS}/${attachment.containerId}/${formatRecordName(attachment)}`
}

function loadOwn(os: Os, id: string, name: string, folder: Folder): UndoRecord | [] {
  const attachment = parseRecordName(id, name)
  return (attachment && load(os, attachment, name, folder)) ?? []
}

/** Undefined if the file has been removed meanwhile too. */
function load(os: Os, attachment: Attachment, name: string, at: Folder): UndoRecord | undefined {
  const text = os.readIfExists(name, at)
  if (text === undefined) return undefined
  const record = parseRecord(text)
  if (record !== undefined && isSameAttachment(record, attachment)) return record
  log(os, `${at.path}/${name}: is not an undo record of this version and attachment, so it is not used`)
  return undefined
}

/** A record of version 1 does not have its boot's ID: it belongs to this boot if the file is younger than the boot. */
function bootOf(os: Os, { dataDir }: Pick<Container, 'dataDir'>, name: string): string {
  const age = os.ageOf(name, dataDir) ?? Number.POSITIVE_INFINITY
  const uptime = Number(os.readIfExists('/proc/uptime')?.split(' ')[0])
  return age < uptime ? readBootId(os) : ''
}

function removeFlat(os: Os, { dataDir, flatNames }: Container, attachment: Attachment): void {
  if (attachment.entry !== 'chained' || attachment.part !== undefined) return
  const name = formatFlatName(attachment)
  for (const each of flatNames) if (each === name || each === name + UNFINISHED) os.removeFile(each, dataDir)
}
