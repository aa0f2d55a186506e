import { OsError } from '../../plugin/os/os.ts'

/** An interface of a fake netns. */
export interface FakeLink {
  mac: string
  mtu: number
  /** IFF_* of <linux/if.h>. */
  flags: number
  txQLen: number
}

/** The ioctls of netdevice(7) that the plugin makes, as on a veth. */
export function fakeLinkIoctl(
  link: FakeLink | undefined,
  request: number,
  ifName: string,
  union: Uint8Array,
): Uint8Array {
  const fail = (errno: string): never => {
    throw new OsError(errno, 'ioctl', ifName)
  }
  if (link === undefined) return fail('ENODEV')
  const answer = union.slice()
  const view = new DataView(answer.buffer)
  const bytes = () => Array.from(answer.slice(2, 8), (byte) => byte.toString(16).padStart(2, '0'))
  switch (request) {
    case 0x8927:
      answer.set([1, 0, ...link.mac.split(':').map((byte) => Number.parseInt(byte, 16))])
      return answer
    case 0x8924:
      link.mac = bytes().join(':')
      return answer
    case 0x8921:
      view.setInt32(0, link.mtu, true)
      return answer
    case 0x8922: {
      const mtu = view.getInt32(0, true)
      if (mtu < 68 || mtu > 65535) fail('EINVAL')
      link.mtu = mtu
      return answer
    }
    case 0x8913:
      view.setUint16(0, link.flags, true)
      return answer
    case 0x8914:
      link.flags = view.getUint16(0, true)
      return answer
    case 0x8942:
      view.setInt32(0, link.txQLen, true)
      return answer
    case 0x8943:
      link.txQLen = view.getInt32(0, true)
      return answer
    default:
      return fail('EOPNOTSUPP')
  }
}
