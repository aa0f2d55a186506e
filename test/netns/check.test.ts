import { readdirSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { outcomeOf } from '../helpers/executable.ts'
import { addVeth, createNetns, isRoot } from '../helpers/netns.ts'
import { errorDocument, PREV_RESULT } from '../helpers/requests.ts'
import { pathOf, readSysctls, writeSysctls } from '../helpers/sysctls.ts'

const netns = await createNetns()
afterAll(() => netns.close())
addVeth(netns)

const ADDED = { exitCode: 0, answer: PREV_RESULT }
const NO_DIFFERENCE = { exitCode: 0, answer: undefined }

// Where br_netfilter is loaded; npm run test:kernels always has it.
const bridge = readdirSync(pathOf('net')).includes('bridge')
  ? [
      ['net.bridge.bridge-nf-call-iptables', 2],
      ['net.bridge.bridge-nf-call-ip6tables', true],
    ]
  : []

// In a user namespace of one group there is no other group.
const groups = isRoot ? [['net.ipv4.ping_group_range', '5 4']] : []

/** Values that the kernel takes and then shows in another way. */
const TRICKY: readonly (readonly [string, unknown])[] = [
  ['net.ipv4.ip_local_port_range', '1024 65535'],
  ['net.ipv4.ip_local_port_range', '1024\t65535'],
  ['net.ipv4.ip_local_port_range', '  1024   65535 '],
  ['net.ipv4.tcp_rmem', '4096 0x20000 6291456'],
  ['net.ipv4.tcp_rmem', '8192'],
  ['net.ipv4.tcp_keepalive_time', '0512'],
  ['net.core.somaxconn', '0x10'],
  ['net.core.somaxconn', '0X1F'],
  ['net.core.somaxconn', '00'],
  ['net.ipv4.ip_local_reserved_ports', '8080,8081'],
  ['net.ipv4.ip_local_reserved_ports', '9000,8080-8082,8081'],
  ['net.ipv4.ip_local_reserved_ports', ''],
  ['net.ipv4.ping_group_range', '0 0'],
  ['net.ipv4.neigh.IFNAME.retrans_time_ms', 1001],
  ['net.ipv4.neigh.IFNAME.base_reachable_time_ms', 30001],
  ['net.ipv4.neigh.IFNAME.retrans_time', 33],
  ['net.ipv4.neigh.IFNAME.locktime', 33],
  ['net.ipv4.tcp_fastopen_key', '1-2-3-4'],
  ['net.ipv4.tcp_fastopen_key', '1-2-3-4,A-B-C-D'],
  ['net.ipv6.conf.IFNAME.stable_secret', 'fd00::1'],
  ['net.ipv4.conf.IFNAME.rp_filter', true],
  ['net.ipv4.tcp_congestion_control', 'reno'],
  ['net.ipv4.route.flush', 1],
  ...([...bridge, ...groups] as [string, unknown][]),
]

describe('CHECK right after ADD finds no difference', () => {
  test.each(TRICKY)('for %s of %j', (name, value) => {
    const call = { conf: { sysctl: { [name]: value } } }
    expect(outcomeOf(netns, 'ADD', call)).toEqual(ADDED)
    expect(outcomeOf(netns, 'CHECK', call)).toEqual(NO_DIFFERENCE)
  })
})

describe('a value of many kilobytes', () => {
  const ports = Array.from({ length: 10_000 }, (_, index) => 1000 + 2 * index).join(',')
  const name = 'net.ipv4.ip_local_reserved_ports'

  test('is as it was written', () => {
    const call = { conf: { sysctl: { [name]: ports } } }
    expect(outcomeOf(netns, 'ADD', call)).toEqual(ADDED)
    expect(outcomeOf(netns, 'CHECK', call)).toEqual(NO_DIFFERENCE)
  })

  test('is put back', () => {
    const path = 'net/ipv4/ip_local_reserved_ports'
    expect(outcomeOf(netns, 'ADD', { conf: { sysctl: { [name]: ports } } })).toEqual(ADDED)
    const sysctl = { [name]: '', 'net.ipv4.tcp_syn_retries': 128 }
    expect(outcomeOf(netns, 'ADD', { conf: { sysctl } })).toMatchObject({ exitCode: 1 })
    expect(readSysctls(netns, [path])).toEqual({ [path]: ports })
  })
})

describe('CHECK', () => {
  const call = {
    conf: {
      sysctl: {
        'net.core.somaxconn': '0x400',
        'net.ipv4.ip_local_port_range': '1024 65535',
        'net.ipv4.tcp_fin_timeout': 30,
        '-net.ipv4.tcp_keepalive_time': 600,
        'net.ipv4.ip_local_reserved_ports': '8080,8081',
        'net.ipv4.conf.IFNAME.rp_filter': 2,
      },
    },
  }

  test('names every difference once values were changed', () => {
    expect(outcomeOf(netns, 'ADD', call)).toEqual(ADDED)
    expect(outcomeOf(netns, 'CHECK', call)).toEqual(NO_DIFFERENCE)
    writeSysctls(netns, {
      'net/core/somaxconn': '1025',
      'net/ipv4/ip_local_port_range': '1024 65534',
      'net/ipv4/tcp_keepalive_time': '601',
      'net/ipv4/ip_local_reserved_ports': '8080',
      'net/ipv4/conf/eth0/rp_filter': '1',
    })
    expect(outcomeOf(netns, 'CHECK', call)).toEqual({
      exitCode: 1,
      answer: errorDocument(
        102,
        'net.core.somaxconn: is "1025", not "0x400"; ' +
          'net.ipv4.ip_local_port_range: is "1024\\t65534", not "1024 65535"; ' +
          'net.ipv4.ip_local_reserved_ports: is "8080", not "8080,8081"; ' +
          'net.ipv4.conf.eth0.rp_filter: is "1", not "2"',
      ),
    })
  })

  test('names an interface that is gone, and what went with it', () => {
    const conf = { sysctl: { 'net.ipv4.conf.IFNAME.rp_filter': 1 } }
    expect(outcomeOf(netns, 'CHECK', { conf, env: { CNI_IFNAME: 'eth9' } })).toEqual({
      exitCode: 1,
      answer: errorDocument(
        102,
        'the interface eth9 (CNI_IFNAME) does not exist in the container; there are lo, eth0p, eth0; ' +
          'net.ipv4.conf.eth9.rp_filter: cannot be read (ENOENT)',
      ),
    })
  })
})
