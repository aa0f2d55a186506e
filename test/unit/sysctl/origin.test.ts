import { describe, expect, test } from 'vitest'
import { parseSysctlKey } from '../../../plugin/sysctl/key.ts'
import { type Evidence, followsHost } from '../../../plugin/sysctl/origin.ts'

const follows = (name: string, evidence: Partial<Evidence> = {}) =>
  followsHost(parseSysctlKey(name), { devconfInherit: 0, ...evidence })

const seen = (value: string, isWritable = true) => ({ value, isWritable })

describe('a new netns starts with the value of the host', () => {
  test.each([
    'net.ipv4.tcp_rmem',
    'net.ipv4.tcp_wmem',
    'net.ipv4.tcp_congestion_control',
    'net.ipv4.vs.conn_max',
    'net.ipv4.ip_forward',
    'net.ipv4.conf.all.rp_filter',
    'net.ipv4.conf.default.forwarding',
    'net.ipv4.conf.IFNAME.forwarding',
    'net/ipv4/conf/eth0.100/rp_filter',
    'net.ipv4.neigh.IFNAME.gc_stale_time',
    'net.ipv6.neigh.eth0.retrans_time_ms',
  ])('of %s', (name) => expect(follows(name)).toBe(true))

  test.each([
    'net.core.rmem_max',
    'net.core.wmem_default',
    'net.netfilter.nf_conntrack_max',
    'net.netfilter.nf_conntrack_expect_max',
    'net.netfilter.nf_conntrack_buckets',
    'net.ipv4.tcp_allowed_congestion_control',
    'net.something.of_a_kernel_to_come',
  ])('of %s, where only the host can write it', (name) => {
    expect(follows(name, { host: seen('1'), newNetns: seen('1', false) })).toBe(true)
  })
})

describe('a new netns starts with the constant of the kernel', () => {
  test.each([
    'net.core.somaxconn',
    'net.core.optmem_max',
    'net.ipv4.tcp_keepalive_time',
    'net.ipv4.tcp_fin_timeout',
    'net.ipv4.ip_local_port_range',
    'net.ipv4.udp_rmem_min',
    'net.ipv4.tcp_mem',
    'net.ipv4.ip_forward_use_pmtu',
    'net.ipv4.icmp_msgs_per_sec',
    'net.ipv4.route.min_pmtu',
    'net.ipv4.conf.lo.arp_ignore',
    'net.ipv4.neigh.lo.gc_stale_time',
    'net.ipv6.conf.all.disable_ipv6',
    'net.ipv6.conf.default.accept_ra',
    'net.netfilter.nf_conntrack_tcp_timeout_established',
    'net.net.ipv4.tcp_rmem',
    'net.ipv4.tcp_rmem_x',
    'net.net.core.rmem_max',
    'net.core.rmem_max_x',
    'net.net.ipv4.conf.all.rp_filter',
    'net.ipv4.conf.all.rp_filter.x',
    'net.net.ipv4.ip_forward',
    'net.net.ipv4.neigh.eth0.gc_stale_time',
  ])('of %s', (name) => {
    expect(follows(name)).toBe(false)
    expect(follows(name, { host: seen('1'), newNetns: seen('1') })).toBe(false)
  })

  test('where nobody can write it', () => {
    expect(follows('net.ipv4.tcp_ehash_entries', { host: seen('1', false), newNetns: seen('1', false) })).toBe(false)
  })
})

test.each(['net.core.rmem_max', 'net.netfilter.nf_conntrack_max'])(
  'of %s that is to be seen in a netns only',
  (name) => {
    expect(follows(name)).toBe(null)
  },
)

test('a value that is seen on one side only decides nothing', () => {
  const [writable, readOnly] = [seen('1'), seen('1', false)]
  expect(follows('net.ipv4.tcp_rmem', { host: writable })).toBe(true)
  expect(follows('net.ipv4.tcp_rmem', { newNetns: writable })).toBe(true)
  expect(follows('net.core.somaxconn', { newNetns: readOnly })).toBe(false)
})

test('what some kernels mirror is its own where a netns can write it', () => {
  expect(follows('net.core.rmem_max', { host: seen('1'), newNetns: seen('1') })).toBe(false)
})

test('what is copied is not the value that is seen on a node which is in a netns itself', () => {
  expect(follows('net.ipv4.tcp_rmem', { host: seen('1\t2\t3'), newNetns: seen('1\t2\t3') })).toBe(true)
  expect(follows('net.ipv4.tcp_rmem', { host: seen('1\t2\t9'), newNetns: seen('1\t2\t3') })).toBe(false)
})

describe('net.core.devconf_inherit_init_net decides of the conf trees', () => {
  test.each([
    [0, true, false],
    [1, true, true],
    [2, false, false],
    [3, true, true],
    [4, false, false],
    [Number.NaN, false, false],
  ])('%i: IPv4 follows: %s, IPv6: %s', (devconfInherit, ipv4, ipv6) => {
    expect(follows('net.ipv4.conf.all.rp_filter', { devconfInherit })).toBe(ipv4)
    expect(follows('net.ipv4.ip_forward', { devconfInherit })).toBe(ipv4)
    expect(follows('net.ipv6.conf.all.accept_ra', { devconfInherit })).toBe(ipv6)
    expect(follows('net.ipv6.conf.lo.accept_ra', { devconfInherit })).toBe(false)
    expect(follows('net.ipv4.tcp_rmem', { devconfInherit })).toBe(true)
    expect(follows('net.core.somaxconn', { devconfInherit })).toBe(false)
  })
})
