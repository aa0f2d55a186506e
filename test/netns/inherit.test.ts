import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { namesIn, newDataDir, readRecord } from '../helpers/data-dir.ts'
import { callPlugin, outcomeOf } from '../helpers/executable.ts'
import { withEtc } from '../helpers/mounts.ts'
import { addVeth, createNetns, readSysctl } from '../helpers/netns.ts'
import { errorDocument, PREV_RESULT } from '../helpers/requests.ts'
import { pathOf, readSysctls, type Sysctls, writeSysctls } from '../helpers/sysctls.ts'

const host = await createNetns()
const netns = await createNetns(host)
afterAll(() => Promise.all([netns.close(), host.close()]))
addVeth(netns)

const ON_HOST: Sysctls = {
  'net/core/somaxconn': '2048',
  'net/ipv4/ip_local_port_range': '2000 3000',
  'net/ipv4/tcp_keepalive_time': '61',
  'net/ipv4/tcp_keepalive_intvl': '62',
  'net/ipv4/tcp_keepalive_probes': '63',
  'net/ipv4/conf/default/rp_filter': '2',
}
const BEFORE: Sysctls = {
  'net/core/somaxconn': '4096',
  'net/ipv4/ip_local_port_range': '32768 60999',
  'net/ipv4/tcp_keepalive_time': '7200',
  'net/ipv4/tcp_keepalive_intvl': '75',
  'net/ipv4/tcp_keepalive_probes': '9',
  'net/ipv4/conf/default/rp_filter': '0',
  'net/ipv4/conf/eth0/rp_filter': '0',
}
const ADDED = { exitCode: 0, answer: PREV_RESULT }
const now = () => readSysctls(netns, Object.keys(BEFORE))
const ask = (command: string, conf: object) => outcomeOf(netns, command, { host, conf: { ...conf } })

beforeEach(() => {
  writeSysctls(host, ON_HOST)
  writeSysctls(netns, BEFORE)
})

test("a new netns has the kernel's somaxconn, and after the plugin the host's", async () => {
  const fresh = await createNetns(host)
  try {
    expect(['128', '4096']).toContain(readSysctl(fresh, pathOf('net/core/somaxconn')))
    expect(outcomeOf(fresh, 'ADD', { host, conf: { inherit: ['net.core.somaxconn'] } })).toEqual(ADDED)
    expect(readSysctl(fresh, pathOf('net/core/somaxconn'))).toBe('2048')
  } finally {
    await fresh.close()
  }
})

describe('inherit', () => {
  test.each<[string, string[], Sysctls]>([
    ['a key', ['net.core.somaxconn'], { 'net/core/somaxconn': '2048' }],
    ['a key with slashes', ['net/core/somaxconn'], { 'net/core/somaxconn': '2048' }],
    ['two numbers', ['net.ipv4.ip_local_port_range'], { 'net/ipv4/ip_local_port_range': '2000 3000' }],
    ['what ? stands for', ['net.core.somaxcon?'], { 'net/core/somaxconn': '2048' }],
    [
      'what * stands for',
      ['net.ipv4.tcp_keepalive_*'],
      {
        'net/ipv4/tcp_keepalive_time': '61',
        'net/ipv4/tcp_keepalive_intvl': '62',
        'net/ipv4/tcp_keepalive_probes': '63',
      },
    ],
    [
      'a key that a glob takes too',
      ['net.ipv4.tcp_keepalive_i*', 'net.ipv4.tcp_keepalive_intvl'],
      { 'net/ipv4/tcp_keepalive_intvl': '62' },
    ],
    ['default for IFNAME', ['net.ipv4.conf.IFNAME.rp_filter'], { 'net/ipv4/conf/eth0/rp_filter': '2' }],
    ['default for IFNAME in a glob', ['net.*.conf.IFNAME.rp_filter'], { 'net/ipv4/conf/eth0/rp_filter': '2' }],
  ])('copies %s', (_, inherit, changes) => {
    expect(ask('ADD', { inherit })).toEqual(ADDED)
    expect(now()).toEqual({ ...BEFORE, ...changes })
    expect(readSysctls(host, Object.keys(ON_HOST))).toEqual(ON_HOST)
  })

  test('copies the text of the kernel, with its tabs', () => {
    const dataDir = newDataDir()
    expect(ask('ADD', { dataDir, inherit: ['net.ipv4.ip_local_port_range'] })).toEqual(ADDED)
    expect(readRecord(dataDir, 'c1/net1@eth0.json').entries).toEqual([
      {
        id: 'net.ipv4.ip_local_port_range',
        found: '32768\t60999',
        putBack: '32768\t60999',
        after: '2000\t3000',
        inherited: true,
      },
    ])
  })

  test('gives way to sysctl', () => {
    const inherit = ['net.core.somaxconn', 'net.ipv4.tcp_keepalive_*']
    expect(ask('ADD', { inherit, sysctl: { 'net.core.somaxconn': 1, 'net/ipv4/tcp_keepalive_time': 2 } })).toEqual(
      ADDED,
    )
    expect(now()).toMatchObject({
      'net/core/somaxconn': '1',
      'net/ipv4/tcp_keepalive_time': '2',
      'net/ipv4/tcp_keepalive_intvl': '62',
    })
  })

  test('logs what a glob took', () => {
    expect(callPlugin(netns, 'ADD', { host, conf: { inherit: ['net.ipv4.tcp_keepalive_*'] } })).toEqual({
      status: 0,
      stdout: `${JSON.stringify(PREV_RESULT)}\n`,
      stderr:
        'netns-sysctl: inherit net.ipv4.tcp_keepalive_*: copies 3 from the host: net.ipv4.tcp_keepalive_intvl, ' +
        'net.ipv4.tcp_keepalive_probes, net.ipv4.tcp_keepalive_time\n',
    })
  })
})

describe("the node's allowlist", () => {
  const path = '/etc/cni/netns-sysctl/allowlist.conf'
  const wrap = withEtc({ [path]: '^net\\.ipv4\\.tcp_keepalive_time$\n^net\\.ipv4\\.conf\\.IFNAME\\.rp_filter$' })

  test('takes from a glob what it does not allow', () => {
    const inherit = ['net.ipv4.tcp_keepalive_*', 'net.ipv4.conf.IFNAME.*']
    expect(outcomeOf(netns, 'ADD', { host, wrap, conf: { inherit } })).toEqual(ADDED)
    expect(now()).toEqual({ ...BEFORE, 'net/ipv4/tcp_keepalive_time': '61', 'net/ipv4/conf/eth0/rp_filter': '2' })
  })

  test('refuses a key that it does not allow', () => {
    const inherit = ['net.ipv4.tcp_keepalive_time', 'net.core.somaxconn']
    expect(outcomeOf(netns, 'ADD', { host, wrap, conf: { inherit } })).toEqual({
      exitCode: 1,
      answer: errorDocument(
        100,
        `net.core.somaxconn: is not allowed on this node by ${path}`,
        `${path} allows ^net\\.ipv4\\.tcp_keepalive_time$, ^net\\.ipv4\\.conf\\.IFNAME\\.rp_filter$`,
      ),
    })
    expect(now()).toEqual(BEFORE)
  })
})

describe('CHECK', () => {
  const inherit = ['net.core.somaxconn', 'net.ipv4.tcp_keepalive_*']

  test('finds no difference after the host has changed', () => {
    const conf = { dataDir: newDataDir(), inherit }
    expect(ask('ADD', conf)).toEqual(ADDED)
    writeSysctls(host, { 'net/core/somaxconn': '99', 'net/ipv4/tcp_keepalive_time': '98' })
    expect(ask('CHECK', conf)).toEqual({ exitCode: 0, answer: undefined })
  })

  test('compares with what ADD wrote', () => {
    const conf = { dataDir: newDataDir(), inherit }
    expect(ask('ADD', conf)).toEqual(ADDED)
    writeSysctls(netns, { 'net/core/somaxconn': '99', 'net/ipv4/tcp_keepalive_time': '98' })
    const msg = 'net.core.somaxconn: is "99", not "2048"; net.ipv4.tcp_keepalive_time: is "98", not "61"'
    expect(ask('CHECK', conf)).toEqual({ exitCode: 1, answer: errorDocument(102, msg) })
  })

  test('compares nothing if there is no record', () => {
    const conf = { dataDir: newDataDir(), inherit, restoreOnDel: false }
    expect(ask('ADD', conf)).toEqual(ADDED)
    expect(namesIn(conf.dataDir)).toEqual([])
    writeSysctls(netns, { 'net/core/somaxconn': '99' })
    expect(ask('CHECK', conf)).toEqual({ exitCode: 0, answer: undefined })
  })
})
