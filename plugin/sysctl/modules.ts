import type { SysctlTree } from '../subject/surroundings.ts'

/** Kernel modules that have sysctls, and how the names of these start. */
const MODULES: readonly (readonly [start: string, module: string])[] = [
  // These come before nf_conntrack, whose names start in the same way.
  ['net.netfilter.nf_conntrack_frag6_', 'nf_defrag_ipv6'],
  ['net.netfilter.nf_conntrack', 'nf_conntrack'],
  ['net.nf_conntrack', 'nf_conntrack'],
  ['net.netfilter.nf_flowtable', 'nf_flow_table'],
  ['net.bridge.', 'br_netfilter'],
  ['net.ipv4.vs.', 'ip_vs'],
  ['net.mpls.', 'mpls_router'],
  ['net.appletalk.', 'appletalk'],
  ['net.ax25.', 'ax25'],
  ['net.can.', 'can'],
  ['net.dccp.', 'dccp'],
  ['net.ieee802154.6lowpan.', 'ieee802154_6lowpan'],
  ['net.iw_cm.', 'iw_cm'],
  ['net.llc.', 'llc2'],
  ['net.netrom.', 'netrom'],
  ['net.phonet.', 'phonet'],
  ['net.rds.', 'rds'],
  ['net.rose.', 'rose'],
  ['net.rxrpc.', 'rxrpc'],
  ['net.sctp.', 'sctp'],
  ['net.smc.', 'smc'],
  ['net.tipc.', 'tipc'],
  ['net.vrf.', 'vrf'],
  ['net.x25.', 'x25'],
]

/** The module that is not loaded, if `tree` has none of its sysctls. */
export function diagnoseModule(canonical: string, tree: SysctlTree): string | undefined {
  const [start, module] = entryOf(canonical) ?? []
  if (start === undefined || [...tree.keys()].some((name) => entryOf(name)?.[0] === start)) return undefined
  return `there is no ${start}* here: the kernel module ${module} is not loaded on the node (modprobe ${module})`
}

function entryOf(canonical: string): readonly [start: string, module: string] | undefined {
  return MODULES.find(([start]) => canonical.startsWith(start))
}
