import { interfaceOf, type SysctlKey } from './key.ts'

/** A sysctl as it was seen in one netns. */
export interface Seen {
  readonly isWritable: boolean
  readonly value: string | null
}

/** What a kernel shows about the source of a new netns' values. */
export interface Evidence {
  /** net.core.devconf_inherit_init_net */
  readonly devconfInherit: number
  readonly host?: Seen
  readonly newNetns?: Seen
}

/**
 * Sysctls with a value for each netns that starts with the host's value: tcp_sk_init(), and
 * ip_vs_control_net_init_sysctl() since it has conn_max. All others start from constants in the kernel.
 */
const COPIED = /^net\.ipv4\.(tcp_[rw]mem|tcp_congestion_control|vs\.conn_max)$/

/** Sysctls that a netns can read and only the host can set, on some kernels or all. */
const MIRRORED = /^net\.(core\.[rw]mem_(default|max)|netfilter\.nf_conntrack_(max|expect_max|buckets))$/

/** The sysctls that devinet_init_net() and addrconf_init_net() copy; net.ipv4.ip_forward is net.ipv4.conf.all.forwarding. */
const CONF = /^net\.(ipv[46])\.conf\.[^.]+\.[^.]+$|^net\.(ipv4)\.ip_forward$/

/** By net.core.devconf_inherit_init_net (Documentation/admin-guide/sysctl/net.rst). */
const COPIED_CONF: readonly (readonly string[])[] = [['ipv4'], ['ipv4', 'ipv6'], [], ['ipv4', 'ipv6']]

/**
 * Whether a new netns starts with the host's value of a sysctl (an interface with that of the host's `default`). Null
 * if only a new netns can show it.
 */
export function followsHost(key: SysctlKey, { devconfInherit, host, newNetns }: Evidence): boolean | null {
  // If only the host can write it, there is one value for all.
  if (newNetns?.isWritable === false && host?.isWritable === true) return true
  if (newNetns === undefined && MIRRORED.test(key.canonical)) return null
  if (!isCopied(key, devconfInherit)) return false
  // If the node itself is in a netns, the value of the machine below is copied.
  return newNetns === undefined || host === undefined || host.value === newNetns.value
}

function isCopied(key: SysctlKey, devconfInherit: number): boolean {
  const { canonical } = key
  // A new `lo` starts like every interface, not with the values of the host's `lo`.
  if (interfaceOf(key) === 'lo') return false
  const [, tree, forward] = CONF.exec(canonical) ?? []
  const family = tree ?? forward
  if (family !== undefined) return COPIED_CONF[devconfInherit]?.includes(family) === true
  // neigh_parms_alloc() copies the one table that net.*.neigh.default shows.
  return /^net\.ipv[46]\.neigh\./.test(canonical) || COPIED.test(canonical)
}
