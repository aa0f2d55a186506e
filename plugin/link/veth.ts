import type { Os } from '../os/os.ts'
import { cString, netlinkAttribute, netlinkRequest, uint32 } from './netlink.ts'

/** The usual MTU of a network plugin's veth. */
const MTU = 1500

/**
 * Makes a pair of veth interfaces in the netns of this thread, up, with an MTU of 1500: rtnetlink(7), veth(4).
 * Throws OsError: EPERM without CAP_NET_ADMIN, EOPNOTSUPP if the kernel has no veth, EEXIST if the name is in use.
 */
export function createVeth(os: Pick<Os, 'netlink'>, ifName: string, peer: string): void {
  const info = netlinkAttribute(
    IFLA_LINKINFO,
    netlinkAttribute(IFLA_INFO_KIND, cString('veth')),
    netlinkAttribute(IFLA_INFO_DATA, netlinkAttribute(VETH_INFO_PEER, linkHeader(0), ...linkAttributes(peer))),
  )
  const made = [linkHeader(0), ...linkAttributes(ifName), info]
  os.netlink(NETLINK_ROUTE, netlinkRequest(RTM_NEWLINK, NLM_F_EXCL | NLM_F_CREATE, ...made))
  // An end cannot be up before both exist: veth_open().
  for (const name of [peer, ifName]) {
    const up = [linkHeader(IFF_UP), netlinkAttribute(IFLA_IFNAME, cString(name))]
    os.netlink(NETLINK_ROUTE, netlinkRequest(RTM_NEWLINK, 0, ...up))
  }
}

/** struct ifinfomsg, with the flags to set. */
function linkHeader(flags: number): Uint8Array {
  const header = new Uint8Array(IFINFOMSG_BYTES)
  header.set(uint32(flags), 8)
  header.set(uint32(flags), 12)
  return header
}

function linkAttributes(name: string): Uint8Array[] {
  return [netlinkAttribute(IFLA_IFNAME, cString(name)), netlinkAttribute(IFLA_MTU, uint32(MTU))]
}

// <linux/netlink.h>, <linux/rtnetlink.h>, <linux/if_link.h>, <linux/veth.h>, <linux/if.h>
const NETLINK_ROUTE = 0
const RTM_NEWLINK = 16
const NLM_F_EXCL = 0x200
const NLM_F_CREATE = 0x400
const IFINFOMSG_BYTES = 16
const IFF_UP = 1
const IFLA_IFNAME = 3
const IFLA_MTU = 4
const IFLA_LINKINFO = 18
const IFLA_INFO_KIND = 1
const IFLA_INFO_DATA = 2
const VETH_INFO_PEER = 1
