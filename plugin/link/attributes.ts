import type { Os } from '../os/os.ts'
import { macFromBytes, macToBytes } from './mac.ts'

/** The attributes of an interface that can be set, in the order of the writes. */
export const LINK_ATTRIBUTES = ['mac', 'mtu', 'promisc', 'allmulti', 'txQLen'] as const

export type LinkAttribute = (typeof LINK_ATTRIBUTES)[number]

/**
 * The value of an attribute of an interface in the netns of this thread, as text: a MAC address with colons, a number,
 * `1` or `0` for a flag. Throws OsError, ENODEV without such an interface (netdevice(7)).
 */
export function readLinkAttribute(os: Pick<Os, 'linkIoctl'>, ifName: string, attribute: LinkAttribute): string {
  const { get, decode } = ACCESS[attribute]
  return decode(os.linkIoctl(get, ifName, new Uint8Array(UNION_BYTES)))
}

/** Sets an attribute to such a text. Throws OsError with the kernel's errno. */
export function writeLinkAttribute(
  os: Pick<Os, 'linkIoctl'>,
  ifName: string,
  attribute: LinkAttribute,
  value: string,
): void {
  const { get, set, encode } = ACCESS[attribute]
  // Everything else stays: the other flags, the family of the MAC address.
  const union = os.linkIoctl(get, ifName, new Uint8Array(UNION_BYTES))
  encode(value, union)
  os.linkIoctl(set, ifName, union)
}

/** Bytes of the union in struct ifreq, <linux/if.h>, on 64-bit machines; all are little-endian here. */
export const UNION_BYTES = 24

interface Access {
  /** The ioctls, <linux/sockios.h>. */
  readonly get: number
  readonly set: number
  readonly decode: (union: Uint8Array) => string
  readonly encode: (value: string, union: Uint8Array) => void
}

const IFF_PROMISC = 0x100
const IFF_ALLMULTI = 0x200

const ACCESS: Readonly<Record<LinkAttribute, Access>> = {
  // struct sockaddr ifr_hwaddr: two bytes of family, then the address.
  mac: {
    get: 0x8927,
    set: 0x8924,
    decode: (union) => macFromBytes(union.slice(2, 8)),
    encode: (mac, union) => union.set(macToBytes(mac), 2),
  },
  mtu: { get: 0x8921, set: 0x8922, ...int32() },
  promisc: { get: 0x8913, set: 0x8914, ...flag(IFF_PROMISC) },
  allmulti: { get: 0x8913, set: 0x8914, ...flag(IFF_ALLMULTI) },
  txQLen: { get: 0x8942, set: 0x8943, ...int32() },
}

/** int ifr_mtu, int ifr_qlen */
function int32(): Pick<Access, 'decode' | 'encode'> {
  return {
    decode: (union) => String(viewOf(union).getInt32(0, true)),
    encode: (value, union) => viewOf(union).setInt32(0, Number(value), true),
  }
}

/** short ifr_flags */
function flag(bit: number): Pick<Access, 'decode' | 'encode'> {
  return {
    decode: (union) => (viewOf(union).getUint16(0, true) & bit ? '1' : '0'),
    encode(value, union) {
      const flags = viewOf(union).getUint16(0, true)
      viewOf(union).setUint16(0, value === '1' ? flags | bit : flags & ~bit, true)
    },
  }
}

function viewOf(union: Uint8Array): DataView {
  return new DataView(union.buffer, union.byteOffset, union.byteLength)
}
