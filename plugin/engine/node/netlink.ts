import { getSystemErrorName } from 'node:util'
import { OsError } from '../../os/os.ts'
import { closeQuietly } from './attempt.ts'
import type { Libc } from './libc.ts'

const AF_NETLINK = 16
const SOCK_RAW = 3
const SOCK_CLOEXEC = 0o2000000
const MSG_TRUNC = 0x20

/** <linux/netlink.h> */
const NLMSG_ERROR = 2
const NLMSG_DONE = 3
const HEADER_BYTES = 16

/** The kernel's answers come in pieces of at most 32 KB. */
const BUFFER_BYTES = 64 * 1024

/** {@link Os.netlink} */
export function askNetlink({ lookUp }: Libc, protocol: number, request: Uint8Array): Uint8Array {
  const path = `netlink ${protocol}`
  const send = lookUp('send', ['i32', 'buffer', 'u64', 'i32'], 'i64')
  const receive = lookUp('recv', ['i32', 'buffer', 'u64', 'i32'], 'i64')
  const fd = lookUp('socket', ['i32', 'i32', 'i32'])(path, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol)
  try {
    send(path, fd, request, BigInt(request.length), 0)
    const pieces: Buffer[] = []
    for (let isComplete = false; !isComplete; ) {
      const buffer = Buffer.alloc(BUFFER_BYTES)
      const length = receive(path, fd, buffer, BigInt(buffer.length), MSG_TRUNC)
      if (length > buffer.length) throw new OsError('EMSGSIZE', 'recv', path)
      pieces.push(buffer.subarray(0, length))
      isComplete = isEnd(buffer.subarray(0, length), path)
    }
    return Buffer.concat(pieces)
  } finally {
    closeQuietly(fd)
  }
}

/** Whether this is the end of the answer. Throws OsError if the kernel refuses the request. */
function isEnd(piece: Buffer, path: string): boolean {
  for (let at = 0; at + HEADER_BYTES <= piece.length; ) {
    const length = piece.readUInt32LE(at)
    const type = piece.readUInt16LE(at + 4)
    if (length < HEADER_BYTES || at + length > piece.length) throw new OsError('EBADMSG', 'recv', path)
    if (type === NLMSG_ERROR || type === NLMSG_DONE) {
      // Both start with an errno: 0 or a negative number; an older NLMSG_DONE may have none.
      const error = length >= HEADER_BYTES + 4 ? piece.readInt32LE(at + HEADER_BYTES) : 0
      if (error < 0) throw new OsError(getSystemErrorName(error), 'request', path)
      return true
    }
    at += (length + 3) & ~3
  }
  return false
}
