import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { newDataDir } from '../helpers/data-dir.ts'
import { callPlugin, outcomeOf } from '../helpers/executable.ts'
import { addVeth, createNetns, type Netns } from '../helpers/netns.ts'
import { PREV_RESULT } from '../helpers/requests.ts'
import { readSysctls, type Sysctls, writeSysctls } from '../helpers/sysctls.ts'

const host = await createNetns()
afterAll(() => host.close())

let netns: Netns
beforeEach(async () => {
  netns = await createNetns(host)
  addVeth(netns)
})
afterEach(() => netns.close())

/** Sysctls that a change of forwarding resets are set after it: inet_forward_change(), addrconf_forward_change(). */
const ROUTER: Sysctls = {
  'net/ipv4/ip_forward': '1',
  'net/ipv4/conf/all/forwarding': '1',
  'net/ipv4/conf/all/accept_redirects': '1',
  'net/ipv4/conf/default/forwarding': '0',
  'net/ipv6/conf/all/forwarding': '1',
  'net/ipv6/conf/default/forwarding': '0',
}

/** Sysctls that `all` copies to `default` and to the interfaces. */
const ALL_BUT_NEW: Sysctls = {
  'net/ipv6/conf/all/disable_ipv6': '1',
  'net/ipv6/conf/default/disable_ipv6': '0',
  'net/ipv6/conf/all/proxy_ndp': '1',
  'net/ipv6/conf/default/proxy_ndp': '0',
  'net/ipv6/conf/all/ignore_routes_with_linkdown': '1',
  'net/ipv6/conf/default/ignore_routes_with_linkdown': '0',
}

describe.each<[string, Sysctls]>([
  ['forwarding', ROUTER],
  ['what is handed on', ALL_BUT_NEW],
])('%s is copied in an order in which nothing undoes another', (_, sysctls) => {
  const names = Object.keys(sysctls)
  const keys = names.map((name) => name.replaceAll('/', '.'))

  test.each<[string, readonly string[]]>([
    ['key by key', keys],
    ['key by key, backwards', [...keys].reverse()],
    ['by globs', ['net.*.conf.*.*', 'net.ipv4.ip_forwar?']],
    [
      'by globs for the interface first',
      ['net.*.conf.IFNAME.*', 'net.*.conf.default.*', 'net.*.conf.all.*', 'net.ipv4.*'],
    ],
  ])('%s', (_order, inherit) => {
    writeSysctls(host, sysctls)
    expect(readSysctls(host, names)).toEqual(sysctls)
    expect(outcomeOf(netns, 'ADD', { host, conf: { inherit } })).toEqual({ exitCode: 0, answer: PREV_RESULT })
    expect(readSysctls(netns, names)).toEqual(sysctls)
  })
})

test("the interface gets what it starts with on the host, not what the host's forwarding makes of it", () => {
  writeSysctls(host, ROUTER)
  const inherit = ['net.ipv4.conf.IFNAME.forwarding', 'net.ipv6.conf.IFNAME.forwarding', 'net.*.conf.all.forwarding']
  expect(outcomeOf(netns, 'ADD', { host, conf: { inherit } })).toEqual({ exitCode: 0, answer: PREV_RESULT })
  const names = ['net/ipv4/conf/eth0/forwarding', 'net/ipv6/conf/eth0/forwarding']
  expect(Object.values(readSysctls(netns, names))).toEqual(['0', '0'])
})

describe('values of which one limits the other are copied, checked and put back', () => {
  const [PORTS, START] = ['net/ipv4/ip_local_port_range', 'net/ipv4/ip_unprivileged_port_start']
  const [HIGH, LOW] = ['net/ipv4/ipfrag_high_thresh', 'net/ipv4/ipfrag_low_thresh']

  test.each<[string, Sysctls]>([
    ['lower ports', { [START]: '500', [PORTS]: '600 700' }],
    ['higher ports', { [PORTS]: '50000 60000', [START]: '40000' }],
    ['lower thresholds', { [LOW]: '1000000', [HIGH]: '2000000' }],
    ['higher thresholds', { [HIGH]: '9000000', [LOW]: '8000000' }],
  ])('%s', async (_, sysctls) => {
    const names = Object.keys(sysctls)
    const before = readSysctls(netns, names)
    // A host of its own, because the order of setting it up matters too.
    const limited = await createNetns(host)
    try {
      writeSysctls(limited, sysctls)
      const keys = names.map((name) => name.replaceAll('/', '.'))
      for (const inherit of [keys, keys.toReversed(), ['net.ipv4.*']]) {
        const conf = { inherit, dataDir: newDataDir() }
        const call = { host: limited, conf }
        expect(outcomeOf(netns, 'ADD', call)).toEqual({ exitCode: 0, answer: PREV_RESULT })
        expect(readSysctls(netns, names)).toEqual(sysctls)
        expect(outcomeOf(netns, 'CHECK', call)).toEqual({ exitCode: 0, answer: undefined })
        expect(callPlugin(netns, 'DEL', call)).toEqual({ status: 0, stdout: '', stderr: '' })
        expect(readSysctls(netns, names)).toEqual(before)
      }
    } finally {
      await limited.close()
    }
  })
})

test('what the kernel refuses is left out of a glob, of CHECK, and is an error for a key', () => {
  // No lower than ip_unprivileged_port_start, 1024 in the container: ipv4_local_port_range().
  writeSysctls(host, { 'net/ipv4/ip_unprivileged_port_start': '500' })
  writeSysctls(host, { 'net/ipv4/ip_local_port_range': '600 700' })
  const conf = { inherit: ['net.ipv4.ip_local_port_rang?', 'net.core.somaxconn'], dataDir: newDataDir() }
  const { status, stderr } = callPlugin(netns, 'ADD', { host, conf })
  expect({ status, last: stderr.trimEnd().split('\n').at(-1) }).toEqual({
    status: 0,
    last: 'netns-sysctl: net.ipv4.ip_local_port_range: not set (EINVAL), ignored because only a glob took it',
  })
  expect(outcomeOf(netns, 'CHECK', { host, conf })).toEqual({ exitCode: 0, answer: undefined })
  expect(outcomeOf(netns, 'ADD', { host, conf: { inherit: ['net.ipv4.ip_local_port_range'] } })).toMatchObject({
    exitCode: 1,
    answer: {
      code: 101,
      msg: 'net.ipv4.ip_local_port_range: the kernel refuses "600\\t700" (EINVAL): it is below net.ipv4.ip_unprivileged_port_start, which is "1024"; change that first; it holds "32768 60999"',
    },
  })
})
