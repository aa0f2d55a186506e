import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { namesIn, newDataDir, readRecord } from '../helpers/data-dir.ts'
import { callPlugin, outcomeOf } from '../helpers/executable.ts'
import { bringUp, type LinkState, readLink, settableTxQLen, writeLink } from '../helpers/links.ts'
import { addVeth, createNetns } from '../helpers/netns.ts'
import { errorDocument, PREV_RESULT } from '../helpers/requests.ts'
import { readSysctls, type Sysctls, writeSysctls } from '../helpers/sysctls.ts'

const netns = await createNetns()
afterAll(() => netns.close())
addVeth(netns)
bringUp(netns)

const LINK: LinkState = { mac: '0a:00:00:00:00:01', mtu: 1500, promisc: false, allmulti: false, txQLen: 1000 }
const WANTED: LinkState = {
  mac: '0a:00:00:00:00:02',
  mtu: 1400,
  promisc: true,
  allmulti: true,
  txQLen: settableTxQLen(500),
}
const OTHER: LinkState = {
  mac: '0a:00:00:00:00:03',
  mtu: 1300,
  promisc: false,
  allmulti: false,
  txQLen: settableTxQLen(300),
}
const SYSCTLS: Sysctls = { 'net/core/somaxconn': '4096', 'net/ipv4/ip_local_port_range': '32768 60999' }
const NOTHING = { exitCode: 0, answer: undefined }
const RECORD = 'c1/net1@eth0.json'

let dataDir: string
beforeEach(() => {
  dataDir = newDataDir()
  writeLink(netns, LINK)
  writeSysctls(netns, SYSCTLS)
})
const ask = (command: string, conf: object) => outcomeOf(netns, command, { conf: { dataDir, ...conf } })
const sysctls = () => readSysctls(netns, Object.keys(SYSCTLS))

describe('an ADD that fails', () => {
  test('at a sysctl puts the attributes back', () => {
    const conf = { ...WANTED, sysctl: { 'net.core.somaxconn': 1024, 'net.ipv4.ip_local_port_range': '65535 1024' } }
    expect(ask('ADD', conf)).toEqual({
      exitCode: 1,
      answer: errorDocument(
        101,
        'net.ipv4.ip_local_port_range: the kernel refuses "65535 1024" (EINVAL): the first number is the larger one; ' +
          'it holds "32768 60999"',
        'everything written before was put back',
      ),
    })
    expect({ link: readLink(netns), sysctls: sysctls(), records: namesIn(dataDir) }).toEqual({
      link: LINK,
      sysctls: SYSCTLS,
      records: [],
    })
  })

  test('at an attribute puts the others back and writes no sysctl', () => {
    const conf = { ...WANTED, mtu: 65536, sysctl: { 'net.core.somaxconn': 1024 } }
    expect(ask('ADD', conf)).toEqual({
      exitCode: 1,
      answer: errorDocument(
        101,
        'mtu of eth0: the kernel refuses 65536 (EINVAL): out of the range of the device, which is 68 to 65535 for a veth; ' +
          'it holds 1500',
        'everything written before was put back',
      ),
    })
    expect({ link: readLink(netns), sysctls: sysctls(), records: namesIn(dataDir) }).toEqual({
      link: LINK,
      sysctls: SYSCTLS,
      records: [],
    })
  })

  test('at a look ahead sets no attribute', () => {
    expect(ask('ADD', { ...WANTED, sysctl: { 'net.core.rmem_max': 1 } })).toMatchObject({ exitCode: 1 })
    expect({ link: readLink(netns), records: namesIn(dataDir) }).toEqual({ link: LINK, records: [] })
  })
})

test('a sysctl that may fail, and does, is logged once, and the attributes are set', () => {
  const conf = { dataDir, ...WANTED, sysctl: { '-net.ipv4.ip_local_port_range': '65535 1024' } }
  expect(callPlugin(netns, 'ADD', { conf })).toMatchObject({
    status: 0,
    stderr: 'netns-sysctl: net.ipv4.ip_local_port_range: not set (EINVAL), ignored because of its "-"\n',
  })
  expect({ link: readLink(netns), sysctls: sysctls() }).toEqual({ link: WANTED, sysctls: SYSCTLS })
})

describe('DEL', () => {
  test('puts both back', () => {
    const conf = { ...WANTED, sysctl: { 'net.core.somaxconn': 1024 } }
    expect(ask('ADD', conf)).toMatchObject({ exitCode: 0 })
    expect({ link: readLink(netns), sysctls: sysctls() }).toEqual({
      link: WANTED,
      sysctls: { ...SYSCTLS, 'net/core/somaxconn': '1024' },
    })
    expect(ask('DEL', {})).toEqual(NOTHING)
    expect({ link: readLink(netns), sysctls: sysctls() }).toEqual({ link: LINK, sysctls: SYSCTLS })
  })

  test('puts the attributes back whatever restoreOnDel says, and then no sysctl', () => {
    const conf = { ...WANTED, sysctl: { 'net.core.somaxconn': 1024 }, restoreOnDel: false }
    expect(ask('ADD', conf)).toMatchObject({ exitCode: 0 })
    expect(readRecord(dataDir, RECORD).entries.map(({ id }) => id)).toEqual([
      'link:eth0:mac',
      'link:eth0:mtu',
      'link:eth0:promisc',
      'link:eth0:allmulti',
      'link:eth0:txQLen',
    ])
    expect(ask('DEL', conf)).toEqual(NOTHING)
    expect({ link: readLink(netns), sysctls: sysctls(), records: namesIn(dataDir) }).toEqual({
      link: LINK,
      sysctls: { ...SYSCTLS, 'net/core/somaxconn': '1024' },
      records: [],
    })
  })

  test.each<keyof LinkState>(['mac', 'mtu', 'promisc', 'allmulti', 'txQLen'])(
    'leaves %s as it is where that is not what ADD has set any more',
    (attribute) => {
      const changed = { [attribute]: OTHER[attribute] }
      expect(ask('ADD', WANTED)).toMatchObject({ exitCode: 0 })
      writeLink(netns, changed)
      expect(ask('DEL', WANTED)).toEqual(NOTHING)
      expect(readLink(netns)).toEqual({ ...LINK, ...changed })
    },
  )

  test('changes nothing the second time', () => {
    expect(ask('ADD', WANTED)).toMatchObject({ exitCode: 0 })
    expect(ask('DEL', WANTED)).toEqual(NOTHING)
    writeLink(netns, WANTED)
    expect(ask('DEL', WANTED)).toEqual(NOTHING)
    expect(readLink(netns)).toEqual(WANTED)
  })

  test('puts back what there was before the first of two ADDs', () => {
    expect(ask('ADD', { mtu: 1400 })).toMatchObject({ exitCode: 0 })
    expect(ask('ADD', { mtu: 1300, allmulti: true })).toMatchObject({ exitCode: 0 })
    expect(ask('DEL', {})).toEqual(NOTHING)
    expect(readLink(netns)).toEqual(LINK)
  })

  test('succeeds where the interface is gone, and removes the record', () => {
    addVeth(netns, 'eth1')
    const call = { conf: { dataDir, ...WANTED }, env: { CNI_IFNAME: 'eth1' } }
    expect(outcomeOf(netns, 'ADD', call)).toMatchObject({ exitCode: 0 })
    netns.inside(['ip', 'link', 'del', 'eth1'])
    expect(callPlugin(netns, 'DEL', call)).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(namesIn(dataDir)).toEqual([])
  })
})

describe('an MTU below 1280, which takes IPv6 off the interface', () => {
  const ACCEPT_RA = 'net.ipv6.conf.eth0.accept_ra'
  const WENT_AWAY = `${ACCEPT_RA}: went away while the plugin wrote (ENOENT); an mtu below 1280 removes IPv6 from an interface`

  test('fails an ADD that wants an IPv6 sysctl of it, and is put back', () => {
    expect(ask('ADD', { mtu: 1000, sysctl: { [ACCEPT_RA]: 0 } })).toEqual({
      exitCode: 1,
      answer: errorDocument(101, WENT_AWAY, 'everything written before was put back'),
    })
    expect(readLink(netns)).toEqual(LINK)
  })

  test('is set where that sysctl may fail', () => {
    const conf = { dataDir, mtu: 1000, sysctl: { [`-${ACCEPT_RA}`]: 0 } }
    expect(callPlugin(netns, 'ADD', { conf })).toEqual({
      status: 0,
      stdout: `${JSON.stringify({ ...PREV_RESULT, interfaces: [{ mtu: 1000, ...PREV_RESULT.interfaces[0] }] })}\n`,
      stderr: `netns-sysctl: ${ACCEPT_RA}: not set (ENOENT), ignored because of its "-"\n`,
    })
    expect(readLink(netns)).toEqual({ ...LINK, mtu: 1000 })
    expect(ask('DEL', {})).toEqual(NOTHING)
    expect(readLink(netns)).toEqual(LINK)
  })
})
