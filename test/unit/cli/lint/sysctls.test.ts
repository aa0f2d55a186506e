import { describe, expect, test } from 'vitest'
import { lintEntry } from '../../../helpers/lint.ts'

const lintSysctl = (name: string, value: unknown = 1) => lintEntry({ sysctl: { [name]: value } })

describe('sysctls that cannot be set in a container of this node', () => {
  test.each([
    ['of no name that it has', 'net.core.nosuch', 'does not exist on Linux 6.18.44'],
    ['with a slip', 'net.core.somaxcon', 'does not exist on Linux 6.18.44; did you mean net.core.somaxconn?'],
    [
      'of the whole node',
      'net.core.netdev_max_backlog',
      'exists only on the host on Linux 6.18.44, for the whole node; set it there, in /etc/sysctl.d',
    ],
    [
      'that are read-only there',
      'net.core.rmem_max',
      "is read-only in a container on Linux 6.18.44; the node's value counts: set it there, in /etc/sysctl.d",
    ],
    [
      'of the IPC namespace',
      'kernel.shmmax',
      "belongs to the IPC namespace; set it in the pod's securityContext.sysctls or by the runtime's --sysctl",
    ],
    ['of the UTS namespace', 'kernel.hostname', "belongs to the UTS namespace; set the pod's hostname instead"],
    ['of the node', 'vm.swappiness', 'belongs to the whole node; set it there, in /etc/sysctl.d'],
    [
      'of a module that is not loaded',
      'net.netfilter.nf_conntrack_max',
      'there is no net.netfilter.nf_conntrack* here: the kernel module nf_conntrack is not loaded on the node (modprobe nf_conntrack)',
    ],
    [
      'that are folders',
      'net.core',
      'is a directory of sysctls, not a sysctl; in it is net.core.somaxconn, net.core.rmem_max',
    ],
  ])('%s', (_, name, reason) => {
    expect(lintSysctl(name)).toEqual([`9:9: error: ${name}: ${reason}`])
  })

  test('are a warning where they may fail', () => {
    expect(lintSysctl('-net.core.nosuch')).toEqual(['9:9: warning: net.core.nosuch: does not exist on Linux 6.18.44'])
  })
})

describe('sysctls that can be set', () => {
  test.each([
    'net.core.somaxconn',
    '-net.core.somaxconn',
    'net/core/somaxconn',
    'net.ipv4.conf.IFNAME.rp_filter',
    'net.ipv4.conf.eth0.rp_filter',
    'net.ipv4.conf.all.rp_filter',
    'net.ipv4.route.flush',
  ])('%s', (name) => {
    expect(lintSysctl(name)).toEqual([])
  })

  test('of an interface, must be there for any', () => {
    expect(lintSysctl('net.ipv4.conf.IFNAME.rp_filters')).toEqual([
      '9:9: error: net.ipv4.conf.IFNAME.rp_filters: does not exist on Linux 6.18.44; did you mean net.ipv4.conf.IFNAME.rp_filter?',
    ])
  })
})

describe('values of an interface that conf.all makes ineffective', () => {
  const LEAVES = [
    'rp_filter',
    'arp_announce',
    'arp_ignore',
    'src_valid_mark',
    'arp_filter',
    'proxy_arp',
    'log_martians',
  ]
  const ALL = [...LEAVES, 'send_redirects', 'secure_redirects', 'accept_source_route', 'accept_local']
  const treeWith = (all: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      ALL.flatMap((leaf) => [
        [`/proc/sys/net/ipv4/conf/all/${leaf}`, all[leaf] ?? '0\n'],
        [`/proc/sys/net/ipv4/conf/default/${leaf}`, '0\n'],
      ]),
    )
  const lint = (sysctl: Record<string, unknown>, all: Record<string, string> = {}) =>
    lintEntry({ sysctl }, { fresh: treeWith(all) })
  const own = (leaf: string) => `net.ipv4.conf.IFNAME.${leaf}`

  test.each<[string, unknown, string, string]>([
    ['rp_filter', 1, '2\n', 'the larger of the two counts'],
    ['rp_filter', '0', '1\n', 'the larger of the two counts'],
    ['arp_announce', 1, '2\n', 'the larger of the two counts'],
    ['arp_ignore', 0, '1\n', 'the larger of the two counts'],
    ['src_valid_mark', false, '1\n', 'the larger of the two counts'],
    ['arp_filter', 0, '1\n', 'either of the two turns it on'],
    ['proxy_arp', '0', '1\n', 'either of the two turns it on'],
    ['log_martians', false, '1\n', 'either of the two turns it on'],
    ['send_redirects', 0, '1\n', 'either of the two turns it on'],
    ['secure_redirects', 0, '1\n', 'either of the two turns it on'],
    ['accept_source_route', 1, '0\n', 'both must be on'],
    ['accept_source_route', true, '0\n', 'both must be on'],
  ])('%s %j beside the %j of a new netns', (leaf, value, all, rule) => {
    expect(lint({ [own(leaf)]: value }, { [leaf]: all })).toEqual([
      `9:9: warning: ${own(leaf)}: has no effect, because net.ipv4.conf.all.${leaf} is ${all.trim()} and ${rule}`,
    ])
  })

  test.each<[string, unknown, string]>([
    ['rp_filter', 2, '1\n'],
    ['rp_filter', 1, '1\n'],
    ['arp_filter', 1, '0\n'],
    ['arp_filter', 0, '0\n'],
    ['accept_source_route', 0, '0\n'],
    ['accept_source_route', 1, '1\n'],
    ['accept_local', 0, '1\n'],
  ])('%s %j beside %j is fine', (leaf, value, all) => {
    expect(lint({ [own(leaf)]: value }, { [leaf]: all })).toEqual([])
  })

  test('the value that the entry gives to conf.all counts, in any spelling', () => {
    const message = `warning: ${own('rp_filter')}: has no effect, because net.ipv4.conf.all.rp_filter is 2 and the larger of the two counts`
    expect(lint({ 'net/ipv4/conf/all/rp_filter': 2, [own('rp_filter')]: 1 })).toEqual([`10:9: ${message}`])
    expect(lint({ [own('rp_filter')]: 1, '-net.ipv4.conf.all.rp_filter': '2' })).toEqual([`9:9: ${message}`])
    expect(lint({ 'net.ipv4.conf.all.rp_filter': 0, [own('rp_filter')]: 1 }, { rp_filter: '2\n' })).toEqual([])
  })

  test('IPv6 has rules of its own', () => {
    const fresh = { ...treeWith({}), '/proc/sys/net/ipv6/conf/default/accept_source_route': '0\n' }
    expect(lintEntry({ sysctl: { 'net.ipv6.conf.IFNAME.accept_source_route': 1 } }, { fresh })).toEqual([])
  })

  test('conf.default is not an interface', () => {
    expect(lint({ 'net.ipv4.conf.default.rp_filter': 0 }, { rp_filter: '2\n' })).toEqual([])
  })
})
