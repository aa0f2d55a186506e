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

export function listValid(network: string, attachments: readonly Pick<Attachment, 'containerId' | 'ifName'>[]): Valid {
  const paths = new Set<string>()
  let last = { ifName: '', name: '' }
  for (const { containerId, ifName } of attachments) {
    // Nearly all of them have one name.
    if (ifName !== last.ifName) last = { ifName, name: nameOf(network, ifName) }
    paths.add(`${containerId}/${last.name}`)
  }
  return { network, paths }
}

/** Tells from its name alone whether a record may go. */
function isGarbage(valid: Valid, { network, containerId, ifName }: Attachment): boolean {
  return network === valid.network && !valid.paths.has(`${containerId}/${nameOf(network, ifName)}`)
}

function nameOf(network: string, ifName: string): string {
  return formatRecordName({ network, containerId: '', ifName, entry: 'chained' })
}

/**
 * The containers in whose folders something may be removed: a record that is garbage, the beginning of one, or the folder,
 * because it is empty. Reads no record.
 */
export function findSuspects(os: Os, dataDir: Folder, valid: Valid, attempt: Attempt): string[] {
  const flat = attempt(() => os.namesIn(dataDir).flatMap((name) => parseFlatName(name) ?? [])) ?? []
  const suspects = flat.filter((each) => isGarbage(valid, each)).map(({ containerId }) => containerId)
  const parent = attempt(() => os.openFolder(CONTAINERS, dataDir))
  if (parent !== undefined) {
    const paths = catchOsError(() => os.namesBelow(parent))
    // One that cannot be read keeps nobody from the others.
    const found = paths instanceof OsError ? findOneByOne(os, parent, valid, attempt) : findAmong(paths, valid)
    suspects.push(...found)
    os.close(parent)
  }
  return [...new Set(suspects)].sort()
}

function findAmong(paths: readonly string[], valid: Valid): string[] {
  return paths.flatMap((path) => {
    if (valid.paths.has(path)) return []
    const end = path.indexOf('/')
    const id = path.slice(0, end)
    return isSuspect(id, path.slice(end + 1), valid) ? id : []
  })
}

function findOneByOne(os: Os, parent: Folder, valid: Valid, attempt: Attempt): string[] {
  const ids = attempt(() => os.namesIn(parent)) ?? []
  return ids.filter((id) => {
    const names = attempt(() => readNames(os, parent, id)) ?? []
    return names.some((name) => isSuspect(id, name, valid))
  })
}

/** One empty name where the folder is empty, none where it has gone or is none. */
function readNames(os: Os, parent: Folder, id: string): readonly string[] {
  const folder = catchOsError(() => os.openFolder(id, parent))
  if (folder instanceof OsError && !isAbsent(folder)) throw folder
  if (folder === undefined || folder instanceof OsError) return []
  try {
    const names = os.namesIn(folder)
    return names.length === 0 ? [''] : names
  } finally {
    os.close(folder)
  }
}

function isSuspect(id: string, name: string, valid: Valid): boolean {
  if (name === '' || name.endsWith(UNFINISHED)) return true
  if (!name.startsWith(`${valid.network}@`)) return false
  const attachment = parseRecordName(id, name)
  return attachment !== undefined && isGarbage(valid, attachment)
}

/** What may go from the folder of one container. Throws OsError. */
export function findGarbage(os: Os, container: Container, valid: Valid): Attachment[] {
  const { id, folder, flatNames } = container
  const names = os.namesIn(folder)
  const found = [
    ...names.flatMap((name) => parseRecordName(id, name) ?? []),
    ...flatNames.flatMap((name) => parseFlatName(name) ?? []),
  ]
  const garbage = new Map(
    found.filter((each) => isGarbage(valid, each)).map((attachment) => [formatRecordName(attachment), attachment]),
  )
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
