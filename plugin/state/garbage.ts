import type { ValidAttachment } from '../config/valid-attachment.ts'
import { isAbsent } from '../os/errno.ts'
import { type Folder, UNFINISHED } from '../os/folder.ts'
import { catchOsError, type Os, OsError } from '../os/os.ts'
import { type Attachment, formatFlatName, formatRecordName, parseFlatName, parseRecordName } from './attachment.ts'
import { CONTAINERS, type Container } from './container.ts'
import type { UndoRecord } from './record.ts'
import { loadRecords } from './store.ts'

/** The attachments of one network that are there. */
export interface Valid {
  readonly network: string
  /** Where their records are, of one behind the network plugin: `CONTAINER/NAME`. */
  readonly paths: ReadonlySet<string>
}

/** Runs an action, and keeps what it fails with, so that the next one can be done. */
export type Attempt = <T>(action: () => T) => T | undefined

export function listValid(network: string, attachments: readonly ValidAttachment[]): Valid {
  const paths = new Set<string>()
  let known: string | undefined
  let name: string | undefined
  for (const { containerID, ifname } of attachments) {
    // Nearly all of them have one name.
    if (ifname !== known) name = formatRecordName({ network, ifName: ifname })
    known = ifname
    paths.add(`${containerID}/${name}`)
  }
  return { network, paths }
}

/** The attachment whose record may go; undefined for a file that must stay. Reads no record. */
function parseGarbage(
  { network, paths }: Valid,
  name: string,
  parse: (name: string) => Attachment | undefined,
): Attachment | undefined {
  // Also the names of records of version 1 begin with the network.
  if (!name.startsWith(`${network}@`)) return undefined
  const attachment = parse(name)
  if (attachment === undefined) return undefined
  const { containerId, ifName } = attachment
  return paths.has(`${containerId}/${formatRecordName({ network, ifName })}`) ? undefined : attachment
}

/**
 * The containers in whose folders something may be removed: a record that is garbage, the beginning of one, or the folder,
 * because it is empty. Reads no record.
 */
export function findSuspects(os: Os, dataDir: Folder, valid: Valid, attempt: Attempt): string[] {
  const suspects = new Set<string>()
  attempt(() => {
    for (const name of os.namesIn(dataDir)) {
      const garbage = parseGarbage(valid, name, parseFlatName)
      if (garbage !== undefined) suspects.add(garbage.containerId)
    }
  })
  const parent = attempt(() => os.openFolder(CONTAINERS, dataDir))
  if (parent !== undefined) {
    const paths = catchOsError(() => os.namesBelow(parent))
    // One that cannot be read keeps nobody from the others.
    if (paths instanceof OsError) addOneByOne(os, parent, valid, suspects, attempt)
    else addAmong(paths, valid, suspects)
    os.close(parent)
  }
  return [...suspects].sort()
}

function addAmong(paths: readonly string[], valid: Valid, suspects: Set<string>): void {
  for (const path of paths) {
    if (valid.paths.has(path)) continue
    const end = path.indexOf('/')
    const id = path.slice(0, end)
    if (isSuspect(id, path.slice(end + 1), valid)) suspects.add(id)
  }
}

function addOneByOne(os: Os, parent: Folder, valid: Valid, suspects: Set<string>, attempt: Attempt): void {
  attempt(() => {
    for (const id of os.namesIn(parent)) {
      attempt(() => {
        const names = namesInFolder(os, parent, id)
        // Folders that are empty may go.
        if (names?.length === 0 || names?.some((name) => isSuspect(id, name, valid))) suspects.add(id)
      })
    }
  })
}

/** Undefined where the folder has gone or is none. */
function namesInFolder(os: Os, parent: Folder, id: string): readonly string[] | undefined {
  const folder = catchOsError(() => os.openFolder(id, parent))
  if (folder === undefined) return undefined
  if (folder instanceof OsError) {
    if (isAbsent(folder)) return undefined
    throw folder
  }
  try {
    return os.namesIn(folder)
  } finally {
    os.close(folder)
  }
}

/** The name is empty where the folder is. */
function isSuspect(id: string, name: string, valid: Valid): boolean {
  if (name === '' || name.endsWith(UNFINISHED)) return true
  return parseGarbage(valid, name, () => parseRecordName(id, name)) !== undefined
}

/** What may go from the folder of one container. Throws OsError. */
export function findGarbage(os: Os, container: Container, valid: Valid): Attachment[] {
  const { id, folder, flatNames } = container
  const found = [
    ...os.namesIn(folder).map((name) => parseGarbage(valid, name, () => parseRecordName(id, name))),
    ...flatNames.map((name) => parseGarbage(valid, name, parseFlatName)),
  ]
  const garbage = new Map<string, Attachment>()
  for (const each of found) if (each !== undefined) garbage.set(formatRecordName(each), each)
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
