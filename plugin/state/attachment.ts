import { UNFINISHED } from '../os/folder.ts'

/** One attachment of a container to a network: what CNI identifies it by (specification, "Lifecycle & Ordering"). */
export interface Attachment {
  readonly network: string
  readonly containerId: string
  readonly ifName: string
  /** The plugin's place in a chain: before the network plugin or behind it. */
  readonly entry: 'first' | 'chained'
  /** The number of the entry among those at one place that have a record, from 2; absent for the first. */
  readonly part?: number
}

/** What the name of a record tells. */
type Named = Pick<Attachment, 'network' | 'ifName'> & Partial<Attachment>

const SUFFIX = '.json'
const FIRST = 'first'

/**
 * The name of an attachment's record in the folder of its container. Networks have no "@" in their names, and characters of an
 * interface's name other than letters and digits are written as codes, so that two attachments never share a name and
 * none leaves the folder. Without `entry`, that of the first entry behind the network plugin.
 */
export function formatRecordName({ network, ifName, entry, part }: Named): string {
  const place = `${network}@${encode(ifName)}${entry === FIRST ? `@${FIRST}` : ''}`
  return `${place}${part === undefined ? '' : `@${part}`}${SUFFIX}`
}

/** The attachment that a file in the folder of a container belongs to; undefined for a file that is not a record. */
export function parseRecordName(containerId: string, name: string): Attachment | undefined {
  const part = splitName(name)
  const entry = part(2) === FIRST ? 'first' : 'chained'
  const number = part(entry === 'first' ? 3 : 2)
  if (!/^(|[2-9]|[1-9][0-9]{1,8})$/.test(number)) return undefined
  const place = { network: part(0), containerId, ifName: decode(part(1)), entry } as const
  const attachment = number === '' ? place : { ...place, part: Number(number) }
  return formatRecordName(attachment) === name ? attachment : undefined
}

/** The name of a record of version 1: all of them were in one folder, with one record for a chain. */
export function formatFlatName({ network, containerId, ifName }: Attachment): string {
  return `${network}@${containerId}@${encode(ifName)}${SUFFIX}`
}

/** The attachment of such a record, or of an unfinished one; undefined for every other file. */
export function parseFlatName(name: string): Attachment | undefined {
  const finished = name.endsWith(UNFINISHED) ? name.slice(0, -UNFINISHED.length) : name
  const part = splitName(finished)
  const attachment = { network: part(0), containerId: part(1), ifName: decode(part(2)), entry: 'chained' } as const
  return formatFlatName(attachment) === finished ? attachment : undefined
}

/** Gives the part of a name between its "@" by its number, from 0; an empty one beyond the last. */
function splitName(name: string): (index: number) => string {
  const parts = name.slice(0, -SUFFIX.length).split('@')
  return (index) => parts[index] ?? ''
}

export function isSameAttachment(a: Attachment, b: Attachment): boolean {
  return isSamePlace(a, b) && a.part === b.part
}

/** Whether both are at the same place in the chain of the same attachment. More than one entry may be there. */
export function isSamePlace(a: Attachment, b: Attachment): boolean {
  return a.network === b.network && a.containerId === b.containerId && a.ifName === b.ifName && a.entry === b.entry
}

function encode(ifName: string): string {
  return ifName.replace(/[^A-Za-z0-9_.-]/gu, (character) => {
    return `%${Number(character.codePointAt(0)).toString(16).padStart(2, '0')};`
  })
}

function decode(text: string): string {
  return text.replace(/%([0-9a-f]{2,5}|10[0-9a-f]{4});/g, (_, code: string) =>
    String.fromCodePoint(Number.parseInt(code, 16)),
  )
}
