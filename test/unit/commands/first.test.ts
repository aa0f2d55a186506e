import { describe, expect, test } from 'vitest'
import { ask, CONTAINER } from '../../helpers/requests.ts'

const DEFAULT_RA = '/proc/sys/net/ipv4/conf/default/rp_filter'
const sysctl = { 'net.ipv4.conf.default.rp_filter': 2 }
/** The netns as the runtime has made it, before the network plugin. */
const container = { '/proc/thread-self/net/dev': 'Inter-|   Receive\n face |bytes\n    lo: 0 0\n' }

function add(conf: Readonly<Record<string, unknown>> = {}, env: Readonly<Record<string, string>> = {}) {
  return ask('ADD', { conf: { first: true, prevResult: undefined, sysctl, ...conf }, env, container })
}

describe('first', () => {
  test.each(['0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'])(
    'gives an empty result if there is none, in CNI %s',
    (cniVersion) => {
      const { answer, os } = add({ cniVersion })
      expect(answer).toEqual({ cniVersion, interfaces: [], ips: [], routes: [], dns: {} })
      expect(os.textOf(CONTAINER, DEFAULT_RA)).toBe('2')
    },
  )

  test.each(['0.1.0', '0.2.0'])('gives one without lists in CNI %s', (cniVersion) => {
    expect(add({ cniVersion }).answer).toEqual({ cniVersion, dns: {} })
  })

  test('passes on what it was given', () => {
    const prevResult = { cniVersion: '1.1.0', interfaces: [{ name: 'lo' }], vendor: 1 }
    expect(add({ prevResult }).answer).toEqual(prevResult)
  })

  test('CHECK looks for no interface, and needs no prevResult; DEL puts back', () => {
    const conf = { first: true, prevResult: undefined, sysctl }
    expect(ask('CHECK', { after: add(), conf })).toMatchObject({ exitCode: 0, stdout: '' })
    expect(ask('DEL', { after: add(), conf }).os.textOf(CONTAINER, DEFAULT_RA)).toBe('0')
    const changed = ask('CHECK', { after: add(), conf, container: { [DEFAULT_RA]: '1\n' } })
    expect(changed.answer).toMatchObject({ code: 102, msg: 'net.ipv4.conf.default.rp_filter: is "1", not "2"' })
  })

  test('false is as none', () => {
    expect(add({ first: false }).answer).toMatchObject({ code: 7, msg: expect.stringContaining('no prevResult') })
  })

  test.each([
    [
      'a sysctl of the interface',
      { sysctl: { 'net.ipv4.conf.IFNAME.rp_filter': 1 } },
      'net.ipv4.conf.IFNAME.rp_filter',
    ],
    ['one that may fail', { sysctl: { '-net/ipv4/conf/IFNAME/rp_filter': 1 } }, 'net.ipv4.conf.IFNAME.rp_filter'],
    ['one of args.cni', { args: { cni: { sysctl: { 'net.ipv4.conf.IFNAME.x': 1 } } } }, 'net.ipv4.conf.IFNAME.x'],
    ['one that is inherited', { inherit: ['net.ipv4.conf.IFNAME.rp_filter'] }, 'net.ipv4.conf.IFNAME.rp_filter'],
    ['a glob that is inherited', { inherit: ['net.ipv4.conf.IFNAME.rp_*'] }, 'net.ipv4.conf.IFNAME.rp_*'],
    ['an mtu', { mtu: 1400 }, 'mtu'],
    ['a mac of args.cni', { args: { cni: { mac: '02:00:00:00:00:01' } } }, 'args.cni.mac'],
    ['a mac that it has asked the runtime for', { runtimeConfig: { mac: '02:00:00:00:00:01' } }, 'runtimeConfig.mac'],
  ])('has no interface for %s', (_, conf, name) => {
    const { answer, os } = add(conf)
    expect(answer).toMatchObject({
      code: 7,
      msg: expect.stringContaining(`${name}: with "first" there is no interface yet`),
    })
    expect(os.writes).toEqual([])
  })

  test('leaves the MAC address that the runtime tells all plugins to the one that makes the interface', () => {
    expect(add({}, { CNI_ARGS: 'IgnoreUnknown=1;MAC=02:00:00:00:00:01' }).exitCode).toBe(0)
  })

  test('an interface of another name is missed by its reason', () => {
    expect(add({ sysctl: { 'net.ipv4.conf.eth9.rp_filter': 1 } }).answer).toMatchObject({
      code: 101,
      msg: expect.stringContaining('no interface eth9'),
    })
  })
})

describe('an entry before the network plugin and one behind it', () => {
  const SOMAXCONN = '/proc/sys/net/core/somaxconn'
  const before = { first: true, prevResult: undefined, sysctl: { 'net.core.somaxconn': 2048, ...sysctl } }
  const behind = { sysctl: { 'net.core.somaxconn': 16384 } }
  const both = () => ask('ADD', { conf: behind, after: ask('ADD', { conf: before }) })
  const now = ({ os }: ReturnType<typeof ask>) => [os.textOf(CONTAINER, SOMAXCONN), os.textOf(CONTAINER, DEFAULT_RA)]

  test('have records of their own, and CHECK of each passes', () => {
    const added = both()
    expect(now(added)).toEqual(['16384', '2'])
    expect(ask('CHECK', { conf: before, after: added })).toMatchObject({ exitCode: 0, stdout: '' })
    expect(ask('CHECK', { conf: behind, after: added })).toMatchObject({ exitCode: 0, stdout: '' })
  })

  test('undo each its own, in the order of DEL', () => {
    const one = ask('DEL', { conf: behind, after: both() })
    expect(now(one)).toEqual(['2048', '2'])
    expect(now(ask('DEL', { conf: before, after: one }))).toEqual(['4096', '0'])
  })

  test('undo each its own, in the other order', () => {
    const one = ask('DEL', { conf: before, after: both() })
    expect(now(one)).toEqual(['16384', '0'])
    expect(now(ask('DEL', { conf: behind, after: one }))).toEqual(['4096', '0'])
  })

  test('are both left by GC while their attachment is valid', () => {
    const valid = (list: unknown) =>
      ask('GC', { conf: { 'cni.dev/valid-attachments': list }, after: both() }).os.stderr()
    expect(valid([{ containerID: 'c1', ifname: 'eth0' }])).toBe('')
  })
})
