/** A message of netlink(7): struct nlmsghdr and its payload. `flags` are added to NLM_F_REQUEST and NLM_F_ACK. */
export function netlinkRequest(type: number, flags: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = joinAligned(parts)
  const message = new Uint8Array(HEADER_BYTES + body.length)
  const view = new DataView(message.buffer)
  view.setUint32(0, message.length, true)
  view.setUint16(4, type, true)
  view.setUint16(6, flags | NLM_F_REQUEST | NLM_F_ACK, true)
  view.setUint32(8, 1, true) // sequence number: each request has a socket of its own
  message.set(body, HEADER_BYTES)
  return message
}

/** An attribute: struct nlattr and its payload, which may be attributes. */
export function netlinkAttribute(type: number, ...payload: readonly Uint8Array[]): Uint8Array {
  const body = joinAligned(payload)
  const length = ATTRIBUTE_BYTES + (payload.length === 1 ? (payload[0]?.length ?? 0) : body.length)
  const attribute = new Uint8Array(ATTRIBUTE_BYTES + body.length)
  const view = new DataView(attribute.buffer)
  view.setUint16(0, length, true)
  view.setUint16(2, type, true)
  attribute.set(body, ATTRIBUTE_BYTES)
  return attribute
}

export function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value, true)
  return bytes
}

/** A text in UTF-8 with a NUL at its end, as for names. */
export function cString(text: string): Uint8Array {
  const bytes = encodeURIComponent(text).match(/%..|[^%]/g) ?? []
  return Uint8Array.from([
    ...bytes.map((byte) => (byte.length === 1 ? byte.charCodeAt(0) : Number.parseInt(byte.slice(1), 16))),
    0,
  ])
}

const HEADER_BYTES = 16
const ATTRIBUTE_BYTES = 4
const NLM_F_REQUEST = 1
const NLM_F_ACK = 4

/** Each starts at a multiple of four bytes. */
function joinAligned(parts: readonly Uint8Array[]): Uint8Array {
  const sizes = parts.map(({ length }) => (length + 3) & ~3)
  const joined = new Uint8Array(sizes.reduce((sum, size) => sum + size, 0))
  let at = 0
  for (const [index, part] of parts.entries()) {
    joined.set(part, at)
    at += sizes[index] as number
  }
  return joined
}
