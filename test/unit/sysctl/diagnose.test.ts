import { describe, expect, test } from 'vitest'
import { OsError } from '../../../plugin/os/os.ts'
import type { Surroundings } from '../../../plugin/subject/surroundings.ts'
import { diagnoseTarget, explainUnread } from '../../../plugin/sysctl/diagnose.ts'
import { parseSysctlKey } from '../../../plugin/sysctl/key.ts'

const NETNS = [
  'net.core.somaxconn',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.conf.all.rp_filter',
  'net.ipv4.conf.eth0.rp_filter',
  'net.ipv6.conf.all.disable_ipv6',
]

/** Made-up surroundings: the sysctls above inside and outside, and the changes. */
function surroundings(
  changes: { inNetns?: [string, number][]; onHost?: [string, number][]; links?: string[] } = {},
): Surroundings {
  const usual = NETNS.map((name): [string, number] => [name, 0o644])
  return {
    inNetns: new Map([...usual, ...(changes.inNetns ?? [])]),
    onHost: new Map([...usual, ['net.core.netdev_max_backlog', 0o644], ...(changes.onHost ?? [])]),
    links: changes.links ?? ['lo', 'eth0'],
    release: '6.18.44',
  }
}

function diagnose(name: string, errno: string, around = surroundings()): string {
  const key = parseSysctlKey(name)
  return diagnoseTarget(key, new OsError(errno, 'open', key.path), around)
}

describe('a sysctl that is not there', () => {
  test.each([
    ['net.core', 'is a directory of sysctls, not a sysctl; in it is net.core.somaxconn'],
    [
      'net.ipv4',
      'is a directory of sysctls, not a sysctl; in it is net.ipv4.tcp_keepalive_time, net.ipv4.tcp_keepalive_intvl, net.ipv4.conf.all.rp_filter',
    ],
    ['net.ipv4.conf.eth1.rp_filter', 'there is no interface eth1 here; there are lo, eth0'],
    ['net.ipv6.neigh.eth1.locktime', 'there is no interface eth1 here; there are lo, eth0'],
    ['net.core.sommaxconn', 'does not exist on Linux 6.18.44; did you mean net.core.somaxconn?'],
    ['net.ipv4.somaxconn', 'does not exist on Linux 6.18.44; did you mean net.core.somaxconn?'],
    ['net.ipv4.tcp_keepalive_tim', 'does not exist on Linux 6.18.44; did you mean net.ipv4.tcp_keepalive_time?'],
    ['net.core.somaxco', 'does not exist on Linux 6.18.44; did you mean net.core.somaxconn?'],
    ['net.ipv4.conf.eth0.nothing_like_it', 'does not exist on Linux 6.18.44'],
    ['net.ipv6.nothing_like_it', 'does not exist on Linux 6.18.44'],
    ['net.net.ipv4.ip_conntrack_max', 'does not exist on Linux 6.18.44'],
    ['net.ipv4.ip_conntrack_max.x', 'does not exist on Linux 6.18.44'],
    ['net.appletalk.aarp-expiry-time', noModule('net.appletalk.', 'appletalk')],
    ['net.ax25.bpq0.ax25_default_mode', noModule('net.ax25.', 'ax25')],
    ['net.bridge.bridge-nf-call-iptables', noModule('net.bridge.', 'br_netfilter')],
    ['net.can.stats', noModule('net.can.', 'can')],
    ['net.dccp.default.tx_ccid', noModule('net.dccp.', 'dccp')],
    ['net.ieee802154.6lowpan.6lowpanfrag_time', noModule('net.ieee802154.6lowpan.', 'ieee802154_6lowpan')],
    ['net.ipv4.vs.conntrack', noModule('net.ipv4.vs.', 'ip_vs')],
    ['net.iw_cm.default_backlog', noModule('net.iw_cm.', 'iw_cm')],
    ['net.llc.timeout', noModule('net.llc.', 'llc2')],
    ['net.mpls.platform_labels', noModule('net.mpls.', 'mpls_router')],
    ['net.netfilter.nf_conntrack_frag6_timeout', noModule('net.netfilter.nf_conntrack_frag6_', 'nf_defrag_ipv6')],
    ['net.netfilter.nf_conntrack_max', noModule('net.netfilter.nf_conntrack', 'nf_conntrack')],
    ['net.netfilter.nf_flowtable_tcp_timeout', noModule('net.netfilter.nf_flowtable', 'nf_flow_table')],
    ['net.netrom.reset', noModule('net.netrom.', 'netrom')],
    ['net.nf_conntrack_max', noModule('net.nf_conntrack', 'nf_conntrack')],
    ['net.phonet.local_port_range', noModule('net.phonet.', 'phonet')],
    ['net.rds.ib.max_send_wr', noModule('net.rds.', 'rds')],
    ['net.rose.maximum_routes', noModule('net.rose.', 'rose')],
    ['net.rxrpc.reap_client_conns', noModule('net.rxrpc.', 'rxrpc')],
    ['net.sctp.rto_max', noModule('net.sctp.', 'sctp')],
    ['net.smc.autocorking_size', noModule('net.smc.', 'smc')],
    ['net.tipc.max_sockets', noModule('net.tipc.', 'tipc')],
    ['net.vrf.strict_mode', noModule('net.vrf.', 'vrf')],
    ['net.x25.clear_request_timeout', noModule('net.x25.', 'x25')],
  ])('%s: %s', (name, reason) => {
    expect(diagnose(name, 'ENOENT')).toBe(reason)
  })

  test('may exist on the host only', () => {
    const around = surroundings({ onHost: [['net.core.netdev_max_backlog', 0o644]] })
    expect(diagnose('net.core.netdev_max_backlog', 'ENOENT', around)).toBe(
      'exists only on the host on Linux 6.18.44, for the whole node; set it there, in /etc/sysctl.d',
    )
  })

  test('may be of an interface whose name has a dot', () => {
    const around = surroundings({ links: ['lo', 'eth0.100'] })
    expect(diagnose('net.ipv4.conf.eth0.100.rp_filter', 'ENOENT', around)).toBe(
      "a dot within an interface's name needs slashes around it: net/ipv4/conf/eth0.100/rp_filter",
    )
  })

  test('may miss the only interface there is', () => {
    expect(diagnose('net.ipv4.conf.eth0.rp_filter', 'ENOENT', surroundings({ links: ['lo'] }))).toBe(
      'there is no interface eth0 here; there is lo',
    )
  })

  test('may belong to an IPv6 that is off', () => {
    const inNetns = new Map([['net.core.somaxconn', 0o644]])
    expect(diagnose('net.ipv6.conf.all.disable_ipv6', 'ENOENT', { ...surroundings(), inNetns, onHost: inNetns })).toBe(
      'IPv6 is off here: there is no net.ipv6.conf',
    )
  })

  test('is not for want of a module that is loaded', () => {
    const around = surroundings({ inNetns: [['net.netfilter.nf_conntrack_acct', 0o644]] })
    expect(diagnose('net.netfilter.nf_conntrack_nosuch', 'ENOENT', around)).toBe(
      'does not exist on Linux 6.18.44; did you mean net.netfilter.nf_conntrack_acct?',
    )
  })

  test('may have a name near it and one that is nearly as near', () => {
    const inNetns = ['ab_one', 'ab_onex', 'ab_onexy'].map((name): [string, number] => [`net.core.${name}`, 0o644])
    expect(diagnose('net.core.ab_onn', 'ENOENT', surroundings({ inNetns }))).toBe(
      'does not exist on Linux 6.18.44; did you mean net.core.ab_one or net.core.ab_onex?',
    )
  })

  test('may have many names near it, of which three are told', () => {
    const inNetns = ['a', 'b', 'c', 'd'].map((name): [string, number] => [`net.ipv4.conf.${name}.forwarding`, 0o644])
    expect(diagnose('net.ipv4.conf.all.x.forwarding', 'ENOENT', surroundings({ inNetns }))).toBe(
      'does not exist on Linux 6.18.44; did you mean net.ipv4.conf.a.forwarding or net.ipv4.conf.b.forwarding or net.ipv4.conf.c.forwarding?',
    )
  })

  test.each(['ENOTDIR', 'EISDIR'])('gives %s where a file is a directory or the other way round', (errno) => {
    expect(diagnose('net.core', errno)).toMatch(/^is a directory of sysctls/)
  })
})

function noModule(prefix: string, module: string): string {
  return `there is no ${prefix}* here: the kernel module ${module} is not loaded on the node (modprobe ${module})`
}

describe('a sysctl that cannot be written', () => {
  const key = 'net.netfilter.nf_conntrack_max'
  test.each([
    [
      'read-only in a container',
      { inNetns: [[key, 0o444]], onHost: [[key, 0o644]] },
      'EACCES',
      "is read-only in a container on Linux 6.18.44; the node's value counts: set it there, in /etc/sysctl.d",
    ],
    [
      'read-only everywhere',
      { inNetns: [[key, 0o444]], onHost: [[key, 0o444]] },
      'EACCES',
      'is read-only everywhere: the kernel only reports it',
    ],
    [
      'denied to the plugin',
      { inNetns: [[key, 0o644]], onHost: [[key, 0o644]] },
      'EPERM',
      'may not be written by the plugin (EPERM); it must run as root, outside any container',
    ],
    ['on a read-only mount', {}, 'EROFS', 'cannot be written: /proc/sys is mounted read-only where the plugin runs'],
    ['not even readable', {}, 'EIO', 'cannot be read (EIO)'],
  ] satisfies [string, Parameters<typeof surroundings>[0], string, string][])('%s', (_, changes, errno, reason) => {
    expect(diagnose(key, errno, surroundings(changes))).toBe(reason)
  })
})

test('what is read-only inside counts as the node where the host cannot be looked at', () => {
  const around = { ...surroundings({ inNetns: [['net.core.rmem_max', 0o444]] }), onHost: undefined }
  expect(diagnose('net.core.rmem_max', 'EACCES', around)).toBe(
    "is read-only in a container on Linux 6.18.44; the node's value counts: set it there, in /etc/sysctl.d",
  )
})

describe('a sysctl of a module that is not loaded', () => {
  const FRAG6: [string, number][] = [['net.netfilter.nf_conntrack_frag6_timeout', 0o644]]
  const CONNTRACK: [string, number][] = [['net.netfilter.nf_conntrack_max', 0o444]]
  test.each([
    ['net.netfilter.nf_conntrack_max', FRAG6, noModule('net.netfilter.nf_conntrack', 'nf_conntrack')],
    ['net.netfilter.nf_conntrack_frag6_timeout', [], noModule('net.netfilter.nf_conntrack_frag6_', 'nf_defrag_ipv6')],
    [
      'net.netfilter.nf_conntrack_frag6_timeout',
      CONNTRACK,
      noModule('net.netfilter.nf_conntrack_frag6_', 'nf_defrag_ipv6'),
    ],
    ['net.x25.call_request_timeout', [], noModule('net.x25.', 'x25')],
    ['net.ax25.ax0.idle_timeout', [], noModule('net.ax25.', 'ax25')],
    ['net.can.stats', [], noModule('net.can.', 'can')],
    [
      'net.ipv4.netfilter.ip_conntrack_max',
      [],
      `is the old name of net.netfilter.nf_conntrack_max; ${noModule('net.netfilter.nf_conntrack', 'nf_conntrack')}`,
    ],
    [
      'net.ipv4.ip_conntrack_max',
      FRAG6,
      `is the old name of net.netfilter.nf_conntrack_max; ${noModule('net.netfilter.nf_conntrack', 'nf_conntrack')}`,
    ],
    [
      'net.ipv4.netfilter.ip_conntrack_udp_timeout',
      CONNTRACK,
      'is the old name of net.netfilter.nf_conntrack_udp_timeout',
    ],
  ] satisfies [string, [string, number][], string][])('%s', (name, inNetns, reason) => {
    expect(diagnose(name, 'ENOENT', surroundings({ inNetns }))).toBe(reason)
  })
})

describe('an interface without IPv6, because its MTU is too small', () => {
  test.each(['net.ipv6.conf.eth1.accept_ra', 'net.ipv6.neigh.eth1.locktime'])('%s', (name) => {
    const around = surroundings({
      links: ['lo', 'eth1'],
      onHost: [[name, 0o644]],
      inNetns: [['net.ipv4.conf.eth1.x', 0o644]],
    })
    expect(diagnose(name, 'ENOENT', around)).toBe(
      'IPv6 is off on eth1, as on every interface with an MTU below 1280: there is no net.ipv6.conf.eth1',
    )
  })

  test('is not blamed for a name that there is not', () => {
    const around = surroundings({ inNetns: [['net.ipv6.conf.eth0.accept_ra', 0o644]] })
    expect(diagnose('net.ipv6.conf.eth0.accept_raa', 'ENOENT', around)).toBe(
      'does not exist on Linux 6.18.44; did you mean net.ipv6.conf.eth0.accept_ra?',
    )
  })

  test('may have a dot in its name', () => {
    const inNetns: [string, number][] = [['net.ipv6.conf.eth0/5.mtu', 0o644]]
    const around = surroundings({ links: ['lo', 'eth0.5'], inNetns })
    expect(diagnose('net/ipv6/conf/eth0.5/nothing', 'ENOENT', around)).toBe('does not exist on Linux 6.18.44')
  })
})

test('what a table of neighbours has once for all is of the host', () => {
  const around = surroundings({
    inNetns: [['net.ipv4.neigh.eth0.locktime', 0o644]],
    onHost: [['net.ipv4.neigh.default.gc_thresh1', 0o644]],
  })
  for (const name of ['eth0', 'all']) {
    expect(diagnose(`net.ipv4.neigh.${name}.gc_thresh1`, 'ENOENT', around)).toBe(
      'exists only on the host on Linux 6.18.44, for the whole node, as net.ipv4.neigh.default.gc_thresh1; set it there, in /etc/sysctl.d',
    )
  }
})

describe('on a node that is itself in a network namespace', () => {
  const inNetns = new Map([
    ['net.core.somaxconn', 0o644],
    ['net.core.rmem_max', 0o444],
  ])
  const around: Surroundings = { inNetns, onHost: inNetns, links: ['lo'], release: '6.18.44' }

  test('what is not there may be there on the machine', () => {
    expect(diagnose('net.core.netdev_max_backlog', 'ENOENT', around)).toBe(
      'does not exist here on Linux 6.18.44; this node is itself in a network namespace, as with kind, so it cannot be seen whether the machine below has it',
    )
    expect(diagnose('net.core.somaxcon', 'ENOENT', around)).toMatch(/; did you mean net\.core\.somaxconn\?$/)
  })

  test('what is read-only may be set on the machine', () => {
    expect(diagnose('net.core.rmem_max', 'EACCES', around)).toBe(
      'is read-only in a container on Linux 6.18.44; this node is itself in a network namespace, as with kind, so if it can be set at all, then on the machine below',
    )
  })
})

describe('what a container can write and yet is the value of the node', () => {
  const key = 'net.netfilter.nf_conntrack_max'
  const writable = surroundings({ inNetns: [[key, 0o644]] })

  test('belongs to the node where the kernel is older than 5.12', () => {
    expect(diagnose(key, 'EACCES', { ...writable, release: '5.10.262' })).toBe(
      'belongs to the whole node on Linux 5.10.262, also when a container writes it; set it there, in /etc/sysctl.d',
    )
    expect(diagnose(key, 'EACCES', { ...writable, release: '5.12.0' })).toMatch(/^may not be written by the plugin/)
  })
})

test.each([
  ['statfs', 'EINVAL', 'is not available (EINVAL): something other than procfs is mounted over /proc/sys'],
  ['read', 'EIO', 'cannot be read (EIO)'],
])('what %s fails with (%s), whatever the name: %s', (call, errno, reason) => {
  expect(explainUnread(new OsError(errno, call, '/proc/sys/net/core/somaxconn'))).toBe(reason)
})
