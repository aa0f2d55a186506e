import { describe, expect, test } from 'vitest'
import { parseSysctlKey } from '../../../plugin/sysctl/key.ts'
import { followsHost } from '../../../plugin/sysctl/origin.ts'

const follows = (name: string, devconfInherit?: number) => followsHost(parseSysctlKey(name), devconfInherit)

describe('a new netns starts with the value of the host', () => {
  test.each([
    'net.ipv4.tcp_rmem',
    'net.ipv4.tcp_wmem',
    'net.ipv4.tcp_congestion_control',
    'net.core.rmem_max',
    'net.core.wmem_default',
    'net.netfilter.nf_conntrack_max',
    'net.netfilter.nf_conntrack_expect_max',
    'net.netfilter.nf_hooks_lwtunnel',
    'net.nf_conntrack_max',
    'net.ipv4.ip_forward',
    'net.ipv4.conf.all.rp_filter',
    'net.ipv4.conf.default.forwarding',
    'net.ipv4.conf.lo.arp_ignore',
    'net/ipv4/conf/eth0.100/rp_filter',
  ])('of %s', (name) => expect(follows(name)).toBe(true))
})

describe('a new netns starts with the constant of the kernel', () => {
  test.each([
    'net.core.somaxconn',
    'net.core.rmem_max_more',
    'net.ipv4.tcp_keepalive_time',
    'net.ipv4.tcp_fin_timeout',
    'net.ipv4.ip_local_port_range',
    'net.ipv4.udp_rmem_min',
    'net.ipv4.tcp_mem',
    'net.ipv4.ip_forward_use_pmtu',
    'net.ipv4.neigh.default.gc_stale_time',
    'net.ipv6.conf.all.disable_ipv6',
    'net.ipv6.conf.default.accept_ra',
    'net.netfilter.nf_conntrack_tcp_timeout_established',
  ])('of %s', (name) => expect(follows(name)).toBe(false))
})

describe('net.core.devconf_inherit_init_net decides of the conf trees', () => {
  test.each([
    [0, true, false],
    [1, true, true],
    [2, false, false],
    [3, true, true],
    [4, false, false],
    [Number.NaN, false, false],
  ])('%i: IPv4 follows: %s, IPv6: %s', (value, ipv4, ipv6) => {
    expect(follows('net.ipv4.conf.all.rp_filter', value)).toBe(ipv4)
    expect(follows('net.ipv4.ip_forward', value)).toBe(ipv4)
    expect(follows('net.ipv6.conf.all.accept_ra', value)).toBe(ipv6)
    expect(follows('net.ipv4.tcp_rmem', value)).toBe(true)
    expect(follows('net.core.somaxconn', value)).toBe(false)
  })
})
