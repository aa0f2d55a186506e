/** A listening TCP socket of a fake machine. */
export interface FakeSocket {
  /** Four bytes or sixteen. */
  address: readonly number[]
  port: number
  waiting: number
  limit: number
  /** Undefined if the kernel does not tell. */
  dropped?: number
  inode: number
}

export const NETLINK_SOCK_DIAG = 4

const ANY = [0, 0, 0, 0]

export function fakeSocket(changes: Partial<FakeSocket> = {}): FakeSocket {
  return { address: ANY, port: 80, waiting: 0, limit: 4096, dropped: 0, inode: 1000, ...changes }
}

/** The kernel's answer to a dump of the listening TCP sockets of one family: struct inet_diag_msg, and NLMSG_DONE. */
export function answerSockDiag(sockets: readonly FakeSocket[], request: Uint8Array): Uint8Array {
  const family = request[16]
  const listed = sockets.filter(({ address }) => (address.length === 4) === (family === 2))
  return Uint8Array.from([
    ...listed.flatMap((socket) => [...message(20, body(socket))]),
    ...message(3, new Uint8Array(4)),
  ])
}

function message(type: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(16 + payload.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, bytes.length, true)
  view.setUint16(4, type, true)
  bytes.set(payload, 16)
  return bytes
}

function body({ address, port, waiting, limit, dropped, inode }: FakeSocket): Uint8Array {
  const bytes = new Uint8Array(72 + (dropped === undefined ? 0 : 40))
  const view = new DataView(bytes.buffer)
  bytes[0] = address.length === 4 ? 2 : 10
  bytes[1] = 10
  view.setUint16(4, port)
  bytes.set(address, 8)
  view.setUint32(56, waiting, true)
  view.setUint32(60, limit, true)
  view.setUint32(68, inode, true)
  if (dropped === undefined) return bytes
  view.setUint16(72, 40, true)
  view.setUint16(74, 7, true)
  view.setUint32(72 + 4 + 32, dropped, true)
  return bytes
}
