/** One attachment of a container to a network: what CNI identifies it by (specification, "Lifecycle & Ordering"). */
export interface Attachment {
  readonly network: string
  readonly containerId: string
  readonly ifName: string
}

const SUFFIX = '.json'

/**
 * The name of an attachment's record. Networks and containers have no "@" in their names, and what an interface may
 * have besides letters and digits is written by its code, so that two attachments never share a name and none leaves the
 * folder.
 */
export function formatRecordName({ network, containerId, ifName }: Attachment): string {
  return `${network}@${containerId}@${encode(ifName)}${SUFFIX}`
}

/** The attachment that a file belongs to; undefined for a file that is no record. */
export function parseRecordName(name: string): Attachment | undefined {
  if (!name.endsWith(SUFFIX)) return undefined
  const [network, containerId, escaped, ...rest] = name.slice(0, -SUFFIX.length).split('@')
  if (network === undefined || containerId === undefined || escaped === undefined || rest.length > 0) return undefined
  const attachment = { network, containerId, ifName: decode(escaped) }
  return formatRecordName(attachment) === name ? attachment : undefined
}

export function isSameAttachment(a: Attachment, b: Attachment): boolean {
  return a.network === b.network && a.containerId === b.containerId && a.ifName === b.ifName
}

function encode(ifName: string): string {
  return ifName.replace(
    /[^A-Za-z0-9_.-]/gu,
    (character) => `%${character.codePointAt(0)?.toString(16).padStart(2, '0')};`,
  )
}

function decode(text: string): string {
  return text.replace(/%([0-9a-f]{2,5}|10[0-9a-f]{4});/g, (_, code: string) =>
    String.fromCodePoint(Number.parseInt(code, 16)),
  )
}
