import { release } from 'node:os'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { callPlugin, outcomeOf } from '../helpers/executable.ts'
import { addVeth, createNetns } from '../helpers/netns.ts'
import { errorDocument, PREV_RESULT } from '../helpers/requests.ts'
import { readSysctls, type Sysctls, writeSysctls } from '../helpers/sysctls.ts'

const netns = await createNetns()
afterAll(() => netns.close())
addVeth(netns)
addVeth(netns, 'eth0.100')

const BEFORE: Sysctls = {
  'net/ipv4/ip_forward': '0',
  'net/ipv4/conf/eth0/forwarding': '0',
  'net/ipv4/conf/eth0/rp_filter': '0',
  'net/ipv4/conf/eth0.100/rp_filter': '0',
  'net/core/somaxconn': '4096',
  'net/ipv4/tcp_keepalive_time': '7200',
  'net/ipv4/ip_local_port_range': '32768 60999',
}
const now = () => readSysctls(netns, Object.keys(BEFORE))
const add = (sysctl: object) => outcomeOf(netns, 'ADD', { conf: { sysctl } })
const ADDED = { exitCode: 0, answer: PREV_RESULT }
const REFUSED_RANGE =
  'net.ipv4.ip_local_port_range: the kernel refuses "65535 1024" (EINVAL): the first number is the larger one; ' +
  'it holds "32768 60999"'
const BAD = { 'net.ipv4.ip_local_port_range': '65535 1024' }

beforeEach(() => writeSysctls(netns, BEFORE))

describe('ADD', () => {
  test('writes the values into the netns, and no others', () => {
    expect(add({ 'net.core.somaxconn': 1024, 'net.ipv4.conf.IFNAME.rp_filter': true })).toEqual(ADDED)
    expect(now()).toEqual({ ...BEFORE, 'net/core/somaxconn': '1024', 'net/ipv4/conf/eth0/rp_filter': '1' })
  })

  test.each([
    ['net.ipv4.conf.IFNAME.forwarding', 'net.ipv4.ip_forward', '1'],
    ['net.ipv4.ip_forward', 'net.ipv4.conf.IFNAME.forwarding', '0'],
  ])('writes %s before %s', (first, second, forwarding) => {
    // A change of ip_forward sets the forwarding of every interface.
    const values = { 'net.ipv4.ip_forward': 1, 'net.ipv4.conf.IFNAME.forwarding': 0 } as Record<string, number>
    expect(add({ [first]: values[first], [second]: values[second] })).toEqual(ADDED)
    expect(now()).toEqual({ ...BEFORE, 'net/ipv4/ip_forward': '1', 'net/ipv4/conf/eth0/forwarding': forwarding })
  })

  test.each(['net/ipv4/conf/eth0.100/rp_filter', 'net.ipv4.conf.eth0/100.rp_filter'])(
    'writes %s of an interface whose name has a dot',
    (name) => {
      expect(add({ [name]: 2 })).toEqual(ADDED)
      expect(now()).toEqual({ ...BEFORE, 'net/ipv4/conf/eth0.100/rp_filter': '2' })
    },
  )

  test('writes more sysctls than it may have files open', () => {
    const found = netns.inside(['sh', '-c', 'cd /proc/sys && ls net/ipv4/neigh/*/* net/ipv4/conf/*/arp_*']).stdout
    const names = found.trimEnd().split('\n').slice(0, 100)
    const sysctl = readSysctls(netns, names)
    expect(Object.keys(sysctl)).toHaveLength(100)
    const wrap = (executable: string) => ['sh', '-c', 'ulimit -n 48; exec "$0"', executable] as const
    expect(outcomeOf(netns, 'ADD', { conf: { sysctl }, wrap })).toEqual(ADDED)
    expect(outcomeOf(netns, 'ADD', { conf: { sysctl: { ...sysctl, 'net.core.somaxconn': -1 } }, wrap })).toMatchObject({
      exitCode: 1,
      answer: { code: 101, msg: expect.stringContaining('out of range') },
    })
  })

  test('writes a sysctl that can only be written', () => {
    expect(add({ 'net.ipv4.route.flush': 1 })).toEqual(ADDED)
  })

  test('takes a read-only sysctl that already holds the value', () => {
    const { 'net/core/rmem_max': value } = readSysctls(netns, ['net/core/rmem_max'])
    expect(add({ 'net.core.rmem_max': value, 'net.core.somaxconn': 1024 })).toEqual(ADDED)
    expect(now()).toEqual({ ...BEFORE, 'net/core/somaxconn': '1024' })
  })

  test('logs where the kernel holds something else than was written', () => {
    const sysctl = { 'net.ipv4.conf.IFNAME.forwarding': 0, 'net.ipv4.ip_forward': 1 }
    expect(callPlugin(netns, 'ADD', { conf: { sysctl } })).toEqual({
      status: 0,
      stdout: `${JSON.stringify(PREV_RESULT)}\n`,
      stderr: 'netns-sysctl: net.ipv4.conf.eth0.forwarding: wrote "0", the kernel holds "1"\n',
    })
  })
})

describe('an ADD that fails', () => {
  test('puts back what it has written', () => {
    expect(add({ 'net.core.somaxconn': 1024, 'net.ipv4.tcp_keepalive_time': 600, ...BAD })).toEqual({
      exitCode: 1,
      answer: errorDocument(101, REFUSED_RANGE, 'everything written before was put back'),
    })
    expect(now()).toEqual(BEFORE)
  })

  test.each([
    ['net.ipv4.conf.IFNAME.forwarding', 'net.ipv4.ip_forward'],
    ['net.ipv4.ip_forward', 'net.ipv4.conf.IFNAME.forwarding'],
  ])('puts back %s and %s, one of which sets the other', (first, second) => {
    const before = { ...BEFORE, 'net/ipv4/conf/eth0/forwarding': '1' }
    writeSysctls(netns, before)
    const values = { 'net.ipv4.ip_forward': 1, 'net.ipv4.conf.IFNAME.forwarding': 0 } as Record<string, number>
    const { exitCode } = add({ [first]: values[first], [second]: values[second], ...BAD })
    expect(exitCode).toBe(1)
    expect(now()).toEqual(before)
  })

  test('names what cannot be put back', () => {
    expect(add({ 'net.ipv4.route.flush': 1, 'net.core.somaxconn': 1024, ...BAD })).toEqual({
      exitCode: 1,
      answer: errorDocument(
        101,
        `${REFUSED_RANGE}; could not be put back: net.ipv4.route.flush`,
        'the rest was put back',
      ),
    })
    expect(now()).toEqual(BEFORE)
  })

  test('has written nothing if one of its targets cannot work', () => {
    // A change of ip_forward, even if undone, would have changed eth0.
    const before = { ...BEFORE, 'net/ipv4/conf/eth0/forwarding': '1' }
    writeSysctls(netns, before)
    const reason = `is read-only in a container on Linux ${release().replace(/-.*/, '')}`
    expect(add({ 'net.ipv4.ip_forward': 1, 'net.core.rmem_max': 1 })).toEqual({
      exitCode: 1,
      answer: errorDocument(
        101,
        `net.core.rmem_max: ${reason}; the node's value counts: set it there, in /etc/sysctl.d`,
        'nothing was written',
      ),
    })
    expect(now()).toEqual(before)
  })

  test('goes on after what may fail', () => {
    expect(add({ 'net.core.somaxconn': 1024, '-net.ipv4.ip_local_port_range': '65535 1024' })).toEqual(ADDED)
    expect(now()).toEqual({ ...BEFORE, 'net/core/somaxconn': '1024' })
  })
})
