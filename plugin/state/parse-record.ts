import type { UndoEntry, UndoRecord } from './record.ts'

type Members = Readonly<Record<string, unknown>>

/** Reads the text of a record; undefined if it is truncated, of an unknown version, or not a record. */
export function parseRecord(text: string): UndoRecord | undefined {
  const members = parseObject(text)
  if (members?.plugin !== 'netns-sysctl') return undefined
  const { network, containerId, ifName, netns: id, sequence } = members
  if (!isText(network) || !isText(containerId) || !isText(ifName) || !isText(id)) return undefined
  if (!Number.isSafeInteger(sequence)) return undefined
  const known = members.version === 1 ? parseFirstVersion(members) : parseSecondVersion(members)
  if (known === undefined) return undefined
  const { cookie, bootId, ...rest } = known
  const { part, asked } = members
  const own = {
    ...(typeof part === 'number' && { part }),
    ...(members.applied === true && ({ applied: true } as const)),
    ...(isObject(asked) && { asked }),
  }
  const netns = { id, cookie, bootId }
  return { network, containerId, ifName, ...rest, netns, ...own, sequence: Number(sequence) }
}

interface Known extends Pick<UndoRecord, 'entry' | 'netnsPath' | 'entries'> {
  readonly cookie: string | undefined
  readonly bootId: string
}

/** Such a record does not have the boot's ID. */
function parseFirstVersion({ entries }: Members): Known | undefined {
  if (!Array.isArray(entries)) return undefined
  const parsed = entries.map(parseFirstEntry).filter((entry) => entry !== undefined)
  if (parsed.length < entries.length) return undefined
  return { entry: 'chained', netnsPath: '', cookie: undefined, bootId: '', entries: parsed }
}

function parseFirstEntry(value: unknown): UndoEntry | undefined {
  if (!isObject(value)) return undefined
  const { id, before, after, kept, inherited } = value
  if (!isText(id) || !isText(before) || !isText(after) || !(kept === undefined || isText(kept))) return undefined
  if (typeof inherited !== 'boolean') return undefined
  return { id, found: before, putBack: before, after, ...(kept !== undefined && { kept }), inherited }
}

function parseSecondVersion(members: Members): Known | undefined {
  const { version, entry, netnsPath, cookie, bootId, ids, found, after } = members
  if (version !== 2 || !(entry === 'first' || entry === 'chained')) return undefined
  if (!isText(netnsPath) || !isText(bootId) || !(cookie === undefined || isText(cookie))) return undefined
  if (!isTexts(ids) || !isTexts(found) || !isTexts(after)) return undefined
  if (ids.length !== found.length || ids.length !== after.length) return undefined
  const putBack = parsePicked(members.putBack)
  const kept = parsePicked(members.kept)
  if (putBack === undefined || kept === undefined || !Array.isArray(members.inherited)) return undefined
  const inherited = new Set<unknown>(members.inherited)
  const entries = ids.map((id, index): UndoEntry => {
    const value = found[index] as string
    const own = { id, found: value, putBack: putBack.get(index) ?? value, after: after[index] as string }
    return { ...own, ...(kept.has(index) && { kept: kept.get(index) }), inherited: inherited.has(index) }
  })
  return { entry, netnsPath, cookie, bootId, entries }
}

function parsePicked(value: unknown): ReadonlyMap<number, string> | undefined {
  if (!Array.isArray(value) || !value.every(isPicked)) return undefined
  return new Map(value)
}

function isPicked(value: unknown): value is [number, string] {
  return Array.isArray(value) && value.length === 2 && Number.isSafeInteger(value[0]) && isText(value[1])
}

function parseObject(text: string): Members | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Then it is no object either.
  }
  return isObject(value) ? value : undefined
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText)
}
