import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { namesIn, newDataDir } from '../helpers/data-dir.ts'
import { callPlugin, outcomeOf } from '../helpers/executable.ts'
import { addVeth, createNetns, type Netns } from '../helpers/netns.ts'
import { PREV_RESULT } from '../helpers/requests.ts'
import { readSysctls, type Sysctls, writeSysctls } from '../helpers/sysctls.ts'

const other = await createNetns()
afterAll(() => other.close())
addVeth(other)

let netns: Netns
let dataDir: string
beforeEach(async () => {
  netns = await createNetns()
  addVeth(netns)
  writeSysctls(netns, BEFORE)
  dataDir = newDataDir()
})
afterEach(() => netns.close())

const BEFORE: Sysctls = {
  'net/core/somaxconn': '4096',
  'net/ipv4/ip_forward': '0',
  'net/ipv4/ip_local_port_range': '32768 60999',
  'net/ipv4/tcp_keepalive_time': '7200',
  'net/ipv4/conf/eth0/forwarding': '0',
  'net/ipv4/conf/eth0/rp_filter': '0',
}
const NAME = 'c1/net1@eth0.json'
const DELETED = { status: 0, stdout: '', stderr: '' }
const sysctl = { 'net.core.somaxconn': 1024, 'net.ipv4.ip_local_port_range': '1024 65535' }
const now = (from = netns) => readSysctls(from, Object.keys(BEFORE))

function add(conf: object = { sysctl }, env: object = {}) {
  const outcome = outcomeOf(netns, 'ADD', { conf: { dataDir, ...conf }, env: { ...env } })
  expect(outcome).toEqual({ exitCode: 0, answer: PREV_RESULT })
}

const del = (conf: object = { sysctl }, env: object = {}) =>
  callPlugin(netns, 'DEL', { conf: { dataDir, prevResult: undefined, ...conf }, env: { ...env } })

/** Afterwards everything is as before, but for the changes, and there is no record. */
function expectUndone(changes: Sysctls = {}) {
  expect(now()).toEqual({ ...BEFORE, ...changes })
  expect(namesIn(dataDir)).toEqual([])
}

describe('DEL', () => {
  test('puts back what ADD has written, and nothing is left', () => {
    add()
    expect(now()).not.toEqual(BEFORE)
    expect(namesIn(dataDir)).toEqual([NAME])
    expect(del()).toEqual(DELETED)
    expectUndone()
  })

  test.each([
    ['net.ipv4.conf.IFNAME.forwarding', 'net.ipv4.ip_forward'],
    ['net.ipv4.ip_forward', 'net.ipv4.conf.IFNAME.forwarding'],
  ])('puts back %s and %s, one of which sets the other', (first, second) => {
    // A change of ip_forward sets the forwarding of every interface.
    writeSysctls(netns, { 'net/ipv4/conf/eth0/forwarding': '1' })
    const values = { 'net.ipv4.ip_forward': 1, 'net.ipv4.conf.IFNAME.forwarding': 0 } as Record<string, number>
    add({ sysctl: { [first]: values[first], [second]: values[second] } })
    expect(del()).toEqual(DELETED)
    expectUndone({ 'net/ipv4/conf/eth0/forwarding': '1' })
  })

  test('leaves what was changed since', () => {
    add({ sysctl: { ...sysctl, 'net.ipv4.tcp_keepalive_time': 600 } })
    writeSysctls(netns, { 'net/core/somaxconn': '1025', 'net/ipv4/tcp_keepalive_time': '7200' })
    expect(del()).toEqual(DELETED)
    expectUndone({ 'net/core/somaxconn': '1025' })
  })

  test.each([
    ['net.core.somaxconn', '0x10'],
    ['net.ipv4.ip_local_port_range', ' 1024   65535 '],
    ['net.ipv4.conf.IFNAME.rp_filter', true],
    ['net.ipv4.neigh.IFNAME.retrans_time_ms', 1001],
    ['net.ipv4.neigh.IFNAME.locktime', 33],
    ['net.ipv4.ip_local_reserved_ports', '8080,8081,9000-9002'],
    ['net.ipv4.tcp_rmem', '8192'],
  ])('puts %s back, of which the kernel shows %j in another way', (name, value) => {
    const path = name.replace('IFNAME', 'eth0').replaceAll('.', '/')
    const before = readSysctls(netns, [path])
    add({ sysctl: { [name]: value } })
    expect(readSysctls(netns, [path])).not.toEqual(before)
    expect(del()).toEqual(DELETED)
    expect(readSysctls(netns, [path])).toEqual(before)
  })

  test('succeeds twice, and where there was no ADD', () => {
    expect(del()).toEqual(DELETED)
    add()
    expect(del()).toEqual(DELETED)
    writeSysctls(netns, { 'net/core/somaxconn': '1024' })
    expect(del()).toEqual(DELETED)
    expectUndone({ 'net/core/somaxconn': '1024' })
  })

  test.each([
    ['a configuration without sysctls', {}],
    ['a configuration that has become invalid', { sysctl: { 'kernel.x': [] }, inherit: 7, pod: 'no', mtu: 'big' }],
  ])('needs nothing but the record: %s', (_, conf) => {
    add()
    expect(del(conf)).toEqual(DELETED)
    expectUndone()
  })

  test('puts back what there still is when the interface is gone', () => {
    add({ sysctl: { ...sysctl, 'net.ipv4.conf.IFNAME.rp_filter': 2 } })
    netns.inside(['ip', 'link', 'del', 'eth0'])
    expect(del()).toEqual(DELETED)
    const left = Object.keys(BEFORE).filter((name) => !name.includes('eth0'))
    expect(readSysctls(netns, left)).toEqual(Object.fromEntries(left.map((name) => [name, BEFORE[name]])))
    expect(namesIn(dataDir)).toEqual([])
  })

  test('puts back what was there before the first of two ADDs', () => {
    add()
    add({ sysctl: { 'net.core.somaxconn': 2048, 'net.ipv4.tcp_keepalive_time': 600 } })
    expect(del()).toEqual(DELETED)
    expectUndone()
  })

  test('puts back what the first of two ADDs wrote and the second could not', () => {
    const port = '-net.ipv4.ip_local_port_range'
    add({ sysctl: { [port]: '2000 3000' } })
    add({ sysctl: { [port]: '3000 2000', 'net.core.somaxconn': 7 } })
    expect(now()).toMatchObject({ 'net/ipv4/ip_local_port_range': '2000 3000', 'net/core/somaxconn': '7' })
    expect(del()).toEqual(DELETED)
    expectUndone()
  })

  test("puts back what was set in the plugin's own netns, where that may be", () => {
    const env = { CNI_NETNS_OVERRIDE: '1' }
    const ask = (command: string) => outcomeOf(netns, command, { conf: { dataDir, sysctl }, env, isInside: true })
    expect(ask('ADD')).toEqual({ exitCode: 0, answer: PREV_RESULT })
    expect(ask('DEL')).toEqual({ exitCode: 0, answer: undefined })
    expectUndone()
  })
})

describe('DEL changes nothing, and removes the record, where CNI_NETNS', () => {
  test.each([
    ['is empty', () => ''],
    ['is gone', () => '/run/netns/gone'],
    ['is not a netns', () => '/proc/self/status'],
    ['is another netns by now', () => other.path],
    ["is the plugin's own", () => '/proc/self/ns/net'],
  ])('%s', (_, path) => {
    add()
    const after = now()
    writeSysctls(other, after)
    expect(del({ sysctl }, { CNI_NETNS: path() })).toEqual(DELETED)
    expect([now(), now(other)]).toEqual([after, after])
    expect(namesIn(dataDir)).toEqual([])
  })
})
