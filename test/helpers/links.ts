import { isRoot, type Netns } from './netns.ts'

/** The attributes of an interface, as the plugin's configuration names them. */
export interface LinkState {
  readonly mac: string
  readonly mtu: number
  readonly promisc: boolean
  readonly allmulti: boolean
  readonly txQLen: number
}

/** What a veth has. */
const TXQLEN = 1000

/**
 * A length of the transmit queue that the plugin can set. SIOCSIFTXQLEN needs CAP_NET_ADMIN on the host (dev_ioctl()), so
 * in a user namespace only the present length is possible.
 */
export function settableTxQLen(wanted: number): number {
  return isRoot ? wanted : TXQLEN
}

interface IpLink {
  readonly address: string
  readonly mtu: number
  readonly flags: readonly string[]
  /** Left out where it is 0. */
  readonly txqlen?: number
}

/** Reads an interface's attributes without the plugin. */
export function readLink(netns: Netns, ifName = 'eth0'): LinkState {
  const [link] = JSON.parse(ip(netns, ['-j', 'link', 'show', 'dev', ifName])) as [IpLink]
  const { address: mac, mtu, flags, txqlen: txQLen = 0 } = link
  return { mac, mtu, promisc: flags.includes('PROMISC'), allmulti: flags.includes('ALLMULTI'), txQLen }
}

/** Sets attributes of an interface without the plugin. */
export function writeLink(netns: Netns, changes: Partial<LinkState>, ifName = 'eth0'): void {
  const { mac, mtu, promisc, allmulti, txQLen } = changes
  ip(netns, [
    ...['link', 'set', 'dev', ifName],
    ...(mac === undefined ? [] : ['address', mac]),
    ...(mtu === undefined ? [] : ['mtu', String(mtu)]),
    ...(promisc === undefined ? [] : ['promisc', promisc ? 'on' : 'off']),
    ...(allmulti === undefined ? [] : ['allmulticast', allmulti ? 'on' : 'off']),
    ...(txQLen === undefined ? [] : ['txqueuelen', String(txQLen)]),
  ])
}

/** Brings an interface up; a veth is not until its peer is. */
export function bringUp(netns: Netns, ifName = 'eth0'): void {
  for (const name of [ifName, `${ifName}p`]) ip(netns, ['link', 'set', 'dev', name, 'up'])
}

/** Runs ip(8) in a netns. Throws an Error with its output if it fails. */
export function ip(netns: Netns, args: readonly string[]): string {
  const { status, stdout, stderr } = netns.inside(['ip', ...args])
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`)
  return stdout
}
