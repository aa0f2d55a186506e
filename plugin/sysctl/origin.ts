import type { SysctlKey } from './key.ts'

/**
 * The sysctls that a new network namespace starts with the host's value of, as measured on Linux 6.18 by changing every
 * one of them on a host; all others start from constants in the kernel. tcp_congestion_control, no number, is of
 * tcp_sk_init().
 */
const FOLLOW_HOST =
  /^net\.(ipv4\.(tcp_[rw]mem|tcp_congestion_control)|core\.[rw]mem_(default|max)|netfilter\.(nf_conntrack_(expect_)?max|nf_hooks_lwtunnel)|nf_conntrack_max)$/

/** What devinet_init_net() and addrconf_init_net() copy; net.ipv4.ip_forward is net.ipv4.conf.all.forwarding. */
const CONF = /^net\.(ipv[46])\.conf\.[^.]+\.[^.]+$|^net\.(ipv4)\.ip_forward$/

/** By net.core.devconf_inherit_init_net (Documentation/admin-guide/sysctl/net.rst). */
const COPIED_CONF: readonly (readonly string[])[] = [['ipv4'], ['ipv4', 'ipv6'], [], ['ipv4', 'ipv6']]

/** Whether a new netns starts with the host's value of a sysctl; an interface, with that of the host's `default`. */
export function followsHost({ canonical }: SysctlKey, devconfInherit = 0): boolean {
  const [, tree, forward] = CONF.exec(canonical) ?? []
  const family = tree ?? forward
  return family === undefined ? FOLLOW_HOST.test(canonical) : COPIED_CONF[devconfInherit]?.includes(family) === true
}
