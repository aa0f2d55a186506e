import { netlinkRequest, uint32 } from '../../link/netlink.ts'
import type { Os } from '../../os/os.ts'

/** A listening TCP socket, as the kernel shows it (sock_diag(7)). */
export interface Listener {
  readonly family: 'ipv4' | 'ipv6'
  /** As bytes: four or sixteen. */
  readonly address: Uint8Array
  readonly port: number
  /** The index of the interface that it is bound to; 0 for all. */
  readonly ifIndex: number
  /** Connections that are not accepted yet. */
  readonly waiting: number
  /** The queue's limit: the smaller of listen(2)'s argument and net.core.somaxconn at that time. */
  readonly limit: number
  /** Connections that it has dropped since it was made; undefined before Linux 4.7. */
  readonly dropped: number | undefined
  readonly inode: number
}

/**
 * Every listening TCP socket of this thread's netns. Throws OsError: ENOENT if the kernel has no tcp_diag and cannot
 * load it.
 */
export function listListeners(os: Pick<Os, 'netlink'>): Listener[] {
  return [AF_INET, AF_INET6].flatMap((family) => parseListeners(os.netlink(NETLINK_SOCK_DIAG, requestOf(family))))
}

/** struct inet_diag_req_v2, for a dump of one family. */
function requestOf(family: number): Uint8Array {
  const head = Uint8Array.of(family, IPPROTO_TCP, 1 << (INET_DIAG_SKMEMINFO - 1), 0)
  return netlinkRequest(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, head, uint32(1 << TCP_LISTEN), new Uint8Array(SOCKID_BYTES))
}

/** The sockets in an answer of the kernel, in its order. */
export function parseListeners(answer: Uint8Array): Listener[] {
  const view = new DataView(answer.buffer, answer.byteOffset, answer.byteLength)
  const listeners: Listener[] = []
  for (let at = 0; at + HEADER_BYTES <= answer.length; ) {
    const length = view.getUint32(at, true)
    if (length < HEADER_BYTES || at + length > answer.length) break
    const isSocket = view.getUint16(at + 4, true) === SOCK_DIAG_BY_FAMILY && length >= HEADER_BYTES + MESSAGE_BYTES
    if (isSocket) listeners.push(parseListener(answer.subarray(at + HEADER_BYTES, at + length)))
    at += align(length)
  }
  return listeners
}

/** struct inet_diag_msg and its attributes. */
function parseListener(message: Uint8Array): Listener {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength)
  const isIpv4 = message[0] === AF_INET
  return {
    family: isIpv4 ? 'ipv4' : 'ipv6',
    address: message.slice(8, isIpv4 ? 12 : 24),
    port: view.getUint16(4),
    ifIndex: view.getUint32(40, true),
    waiting: view.getUint32(56, true),
    limit: view.getUint32(60, true),
    dropped: findDrops(view),
    inode: view.getUint32(68, true),
  }
}

function findDrops(message: DataView): number | undefined {
  for (let at = MESSAGE_BYTES; at + 4 <= message.byteLength; ) {
    const length = message.getUint16(at, true)
    if (length < 4 || at + length > message.byteLength) return undefined
    const isLongEnough = length >= 4 + DROPS_OFFSET + 4
    if (message.getUint16(at + 2, true) === INET_DIAG_SKMEMINFO) {
      return isLongEnough ? message.getUint32(at + 4 + DROPS_OFFSET, true) : undefined
    }
    at += align(length)
  }
  return undefined
}

function align(length: number): number {
  return (length + 3) & ~3
}

// <linux/netlink.h>, <linux/sock_diag.h>, <linux/inet_diag.h>, <net/tcp_states.h>
const NETLINK_SOCK_DIAG = 4
const SOCK_DIAG_BY_FAMILY = 20
const NLM_F_DUMP = 0x300
const AF_INET = 2
const AF_INET6 = 10
const IPPROTO_TCP = 6
const TCP_LISTEN = 10
const INET_DIAG_SKMEMINFO = 7
/** Of SK_MEMINFO_DROPS. */
const DROPS_OFFSET = 8 * 4
const HEADER_BYTES = 16
const SOCKID_BYTES = 48
const MESSAGE_BYTES = 72
