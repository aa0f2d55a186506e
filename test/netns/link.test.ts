import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { namesIn, newDataDir } from '../helpers/data-dir.ts'
import { outcomeOf } from '../helpers/executable.ts'
import { bringUp, type LinkState, readLink, settableTxQLen, writeLink } from '../helpers/links.ts'
import { addVeth, createNetns } from '../helpers/netns.ts'
import { errorDocument } from '../helpers/requests.ts'
import { readSysctls, type Sysctls, writeSysctls } from '../helpers/sysctls.ts'

const netns = await createNetns()
afterAll(() => netns.close())
addVeth(netns)
bringUp(netns)

const LINK: LinkState = { mac: '0a:00:00:00:00:01', mtu: 1500, promisc: false, allmulti: false, txQLen: 1000 }
const SYSCTLS: Sysctls = { 'net/core/somaxconn': '4096', 'net/ipv4/conf/eth0/rp_filter': '0' }
const WANTED: LinkState = {
  mac: '0a:00:00:00:00:02',
  mtu: 1400,
  promisc: true,
  allmulti: true,
  txQLen: settableTxQLen(500),
}
const NOTHING = { exitCode: 0, answer: undefined }

/** A bridge's result: the host's end of the veth comes first, and unknown members stay. */
const PREV_RESULT = {
  cniVersion: '1.1.0',
  interfaces: [
    { name: 'eth0', mac: '0a:00:00:00:00:99', mtu: 9000 },
    { name: 'eth0', mac: LINK.mac, mtu: 1500, sandbox: '/run/netns/c1', pciID: '0000:00:00.0' },
    { name: 'eth1', mac: '0a:00:00:00:00:98', sandbox: '/run/netns/c1' },
  ],
  ips: [{ address: '10.0.0.2/24', interface: 1 }],
  vendor: { generation: 7 },
}
const resultWith = (changes: Partial<LinkState>, prevResult: object = PREV_RESULT) => ({
  ...prevResult,
  interfaces: PREV_RESULT.interfaces.map((entry, index) => (index === 1 ? { ...entry, ...changes } : entry)),
})

let dataDir: string
beforeEach(() => {
  dataDir = newDataDir()
  writeLink(netns, LINK)
  writeSysctls(netns, SYSCTLS)
})
const ask = (command: string, conf: object) =>
  outcomeOf(netns, command, { conf: { dataDir, prevResult: PREV_RESULT, ...conf } })

describe('each attribute is set, checked, passed on and put back', () => {
  test.each<[Partial<LinkState>, Partial<LinkState>]>([
    [{ mac: WANTED.mac }, { mac: WANTED.mac }],
    [{ mtu: 1400 }, { mtu: 1400 }],
    [{ mtu: 65535 }, { mtu: 65535 }],
    [{ mtu: 1280 }, { mtu: 1280 }],
    [{ promisc: true }, {}],
    [{ allmulti: true }, {}],
    [{ txQLen: settableTxQLen(500) }, {}],
    [{ txQLen: settableTxQLen(0) }, {}],
    [WANTED, { mac: WANTED.mac, mtu: 1400 }],
  ])('%j', (wanted, passedOn) => {
    expect(ask('ADD', wanted)).toEqual({ exitCode: 0, answer: resultWith(passedOn) })
    expect(readLink(netns)).toEqual({ ...LINK, ...wanted })
    expect(ask('CHECK', wanted)).toEqual(NOTHING)
    expect(ask('DEL', wanted)).toEqual(NOTHING)
    expect(readLink(netns)).toEqual(LINK)
    expect(namesIn(dataDir)).toEqual([])
  })

  test('false turns a flag off, and DEL turns it on again', () => {
    writeLink(netns, { promisc: true, allmulti: true })
    expect(ask('ADD', { promisc: false, allmulti: false })).toEqual({ exitCode: 0, answer: resultWith({}) })
    expect(readLink(netns)).toEqual(LINK)
    expect(ask('CHECK', { promisc: false, allmulti: false })).toEqual(NOTHING)
    expect(ask('DEL', {})).toEqual(NOTHING)
    expect(readLink(netns)).toEqual({ ...LINK, promisc: true, allmulti: true })
  })

  test('and nothing else of the interface is', () => {
    // An IPv6 address is tentative until the kernel knows that nobody else has it, which takes a second.
    const readAddresses = () =>
      netns.inside(['ip', '-o', 'addr', 'show', 'dev', 'eth0']).stdout.replace(' tentative', '')
    netns.inside(['ip', 'addr', 'replace', '10.9.0.2/24', 'dev', 'eth0'])
    const before = readAddresses()
    expect(ask('ADD', { promisc: true, allmulti: true })).toMatchObject({ exitCode: 0 })
    expect(readLink(netns)).toEqual({ ...LINK, promisc: true, allmulti: true })
    expect(ask('DEL', {})).toEqual(NOTHING)
    expect(readAddresses()).toBe(before)
  })
})

describe('the result', () => {
  test.each(['0.3.1', '0.4.0', '1.0.0'])('has the new mac, and no mtu, at %s', (cniVersion) => {
    const prevResult = { ...PREV_RESULT, cniVersion }
    expect(ask('ADD', { ...WANTED, cniVersion, prevResult })).toEqual({
      exitCode: 0,
      answer: resultWith({ mac: WANTED.mac }, prevResult),
    })
  })

  test('has the mac with colons and small letters, however it was written', () => {
    expect(ask('ADD', { mac: '0A-00-00-00-00-FE' })).toEqual({
      exitCode: 0,
      answer: resultWith({ mac: '0a:00:00:00:00:fe' }),
    })
  })

  test('is prevResult as it was where that does not list the interface', () => {
    const prevResult = { cniVersion: '1.1.0', ips: [{ address: '10.0.0.2/24' }] }
    expect(ask('ADD', { ...WANTED, prevResult })).toEqual({ exitCode: 0, answer: prevResult })
  })
})

describe('CHECK', () => {
  test('compares only what is configured', () => {
    writeLink(netns, { promisc: true, allmulti: true, mtu: 1400 })
    expect(ask('CHECK', { mac: LINK.mac, txQLen: 1000 })).toEqual(NOTHING)
  })

  test.each(['0A:00:00:00:00:01', '0a-00-00-00-00-01', '0a00.0000.0001'])(
    'takes the MAC address %s for its own',
    (mac) => expect(ask('CHECK', { mac })).toEqual(NOTHING),
  )

  test('reports all differences at once', () => {
    expect(
      ask('CHECK', {
        ...WANTED,
        txQLen: 500,
        sysctl: { 'net.core.somaxconn': 1024, 'net.ipv4.conf.IFNAME.rp_filter': 0 },
      }),
    ).toEqual({
      exitCode: 1,
      answer: errorDocument(
        102,
        'mac of eth0: is "0a:00:00:00:00:01", not "0a:00:00:00:00:02"; mtu of eth0: is "1500", not "1400"; ' +
          'promisc of eth0: is "0", not "1"; allmulti of eth0: is "0", not "1"; txQLen of eth0: is "1000", not "500"; ' +
          'net.core.somaxconn: is "4096", not "1024"',
      ),
    })
  })
})

test('attributes and sysctls are one plan: set, checked and put back together', () => {
  const conf = { ...WANTED, sysctl: { 'net.core.somaxconn': 1024, 'net.ipv4.conf.IFNAME.rp_filter': 2 } }
  expect(ask('ADD', conf)).toMatchObject({ exitCode: 0 })
  expect({ ...readLink(netns), ...readSysctls(netns, Object.keys(SYSCTLS)) }).toEqual({
    ...WANTED,
    'net/core/somaxconn': '1024',
    'net/ipv4/conf/eth0/rp_filter': '2',
  })
  expect(ask('CHECK', conf)).toEqual(NOTHING)
  expect(ask('DEL', conf)).toEqual(NOTHING)
  expect({ ...readLink(netns), ...readSysctls(netns, Object.keys(SYSCTLS)) }).toEqual({ ...LINK, ...SYSCTLS })
})
