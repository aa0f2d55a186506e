import { release } from 'node:os'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { namesIn, newDataDir } from '../helpers/data-dir.ts'
import { type Call, callPlugin, outcomeOf } from '../helpers/executable.ts'
import { readLink, writeLink } from '../helpers/links.ts'
import { withEtc } from '../helpers/mounts.ts'
import { addVeth, createNetns } from '../helpers/netns.ts'
import { errorDocument, formatConf, PREV_RESULT } from '../helpers/requests.ts'
import { readSysctls, type Sysctls, writeSysctls } from '../helpers/sysctls.ts'

const netns = await createNetns()
afterAll(() => netns.close())
addVeth(netns)
addVeth(netns, 'eth0.100')

const BEFORE: Sysctls = {
  'net/core/somaxconn': '4096',
  'net/ipv4/ip_forward': '0',
  'net/ipv4/ip_local_port_range': '32768 60999',
  'net/ipv4/conf/eth0/forwarding': '0',
  'net/ipv4/conf/eth0.100/rp_filter': '0',
}
const now = () => readSysctls(netns, Object.keys(BEFORE))
const NOTHING = { exitCode: 0, answer: undefined }
const ADDED = { exitCode: 0, answer: PREV_RESULT }
const SOMAXCONN = { 'net.core.somaxconn': '1024' }

let dataDir: string
beforeEach(() => {
  dataDir = newDataDir()
  writeSysctls(netns, BEFORE)
  writeLink(netns, { mtu: 1500, promisc: false })
})
const ask = (command: string, conf: object, call: Call = {}) =>
  outcomeOf(netns, command, { ...call, conf: { dataDir, ...conf } })

test('args.cni.sysctl is set where the configuration has no sysctl', () => {
  expect(ask('ADD', { args: { cni: { sysctl: SOMAXCONN } } })).toEqual(ADDED)
  expect(now()).toEqual({ ...BEFORE, 'net/core/somaxconn': '1024' })
})

test("an ADD in the plugin's own netns prints one document, and has written nothing", () => {
  const conf = { dataDir, mtu: 1400, sysctl: SOMAXCONN }
  const { status, stdout } = callPlugin(netns, 'ADD', { conf, isInside: true })
  const answer = errorDocument(
    8,
    `CNI_NETNS ${netns.path} is the plugin's own network namespace, so the host's sysctls would be set`,
    "a container with the host's network gets no CNI network; for a test, set CNI_NETNS_OVERRIDE=1",
  )
  expect({ status, stdout }).toEqual({ status: 1, stdout: `${JSON.stringify(answer)}\n` })
  expect({ ...now(), mtu: readLink(netns).mtu, records: namesIn(dataDir) }).toEqual({
    ...BEFORE,
    mtu: 1500,
    records: [],
  })
})

test('the order is that of the configuration, every time', () => {
  // A change of ip_forward sets the forwarding of every interface.
  const sysctl = { 'net.ipv4.ip_forward': '1', 'net.ipv4.conf.IFNAME.forwarding': '0' }
  const forwarding = Array.from({ length: 10 }, () => {
    writeSysctls(netns, BEFORE)
    ask('ADD', { sysctl })
    return now()['net/ipv4/conf/eth0/forwarding']
  })
  expect(forwarding).toEqual(Array(10).fill('0'))
})

test('an ADD that fails puts back what it has written', () => {
  const sysctl = { ...SOMAXCONN, 'net.ipv4.ip_local_port_range': '65535 1024' }
  expect(ask('ADD', { mtu: 1400, sysctl })).toMatchObject({ exitCode: 1, answer: { code: 101 } })
  expect({ ...now(), mtu: readLink(netns).mtu }).toEqual({ ...BEFORE, mtu: 1500 })
})

test('a sysctl that does not exist is named, with a code and a version, and what may have been meant', () => {
  expect(ask('ADD', { sysctl: { 'net.core.somaxcon': '1024' } })).toEqual({
    exitCode: 1,
    answer: errorDocument(
      101,
      `net.core.somaxcon: does not exist on Linux ${release().replace(/-.*/, '')}; did you mean net.core.somaxconn?`,
      'nothing was written',
    ),
  })
})

test.each([
  'net/ipv4/conf/eth0.100/rp_filter',
  'net.ipv4.conf.eth0/100.rp_filter',
  'net.ipv4.conf.IFNAME.rp_filter',
  'net/ipv4/conf/IFNAME/rp_filter',
])('a VLAN interface is reached by %s', (name) => {
  const env = { CNI_IFNAME: 'eth0.100' }
  expect(ask('ADD', { sysctl: { [name]: '2' } }, { env })).toEqual(ADDED)
  expect(now()).toEqual({ ...BEFORE, 'net/ipv4/conf/eth0.100/rp_filter': '2' })
  expect(ask('CHECK', { sysctl: { [name]: '2' } }, { env })).toEqual(NOTHING)
})

test('every IFNAME is replaced', () => {
  expect(ask('ADD', { sysctl: { 'net.ipv4.conf.IFNAME.IFNAME': '1' } })).toMatchObject({
    exitCode: 1,
    answer: { code: 101, msg: expect.stringMatching(/^net\.ipv4\.conf\.eth0\.eth0: does not exist/) },
  })
})

test('numbers and booleans are values, on DEL too', () => {
  const sysctl = { 'net.core.somaxconn': 1024, 'net.ipv4.ip_forward': true }
  expect(ask('ADD', { sysctl })).toEqual(ADDED)
  expect(now()).toMatchObject({ 'net/core/somaxconn': '1024', 'net/ipv4/ip_forward': '1' })
  expect(ask('DEL', { sysctl })).toEqual(NOTHING)
})

test('members of prevResult that are not known are passed on', () => {
  const interfaces = [{ name: 'eth0', mtu: 1500, socketPath: '/run/s', vendor: null }]
  const prevResult = { cniVersion: '1.1.0', interfaces, routes: [{ dst: '0.0.0.0/0', table: 7 }], vendor: [1] }
  expect(ask('ADD', { prevResult })).toEqual({ exitCode: 0, answer: prevResult })
})

describe('a sysctl given twice', () => {
  test('is refused', () => {
    const stdin = formatConf({ dataDir, sysctl: SOMAXCONN }).replace(
      '{"net.core',
      '{"net.core.somaxconn":"1","net.core',
    )
    expect(outcomeOf(netns, 'ADD', { stdin })).toMatchObject({ exitCode: 1, answer: { code: 7 } })
    expect(now()).toEqual(BEFORE)
  })

  test('is refused in two spellings', () => {
    expect(ask('ADD', { sysctl: { ...SOMAXCONN, 'net/core/somaxconn': '1' } })).toEqual({
      exitCode: 1,
      answer: errorDocument(
        7,
        'net.core.somaxconn is set twice, as net.core.somaxconn and as net/core/somaxconn',
        'leave one of them',
      ),
    })
  })
})

describe("the allowlist is tuning's, and", () => {
  const ALLOWLIST = '/etc/cni/tuning/allowlist.conf'
  const add = (text: string | undefined) =>
    ask('ADD', { sysctl: SOMAXCONN }, { wrap: withEtc(text === undefined ? {} : { [ALLOWLIST]: text }) })

  test.each([
    ['a pattern that is not anchored matches a part', 'somaxconn'],
    ['a missing file allows everything', undefined],
    ['a comment is not a pattern', '# [\n^net\\.core\\.somaxconn$'],
  ])('%s', (_, text) => {
    expect(add(text)).toEqual(ADDED)
  })

  test('a bad pattern allows nothing', () => {
    expect(add('^net\n[')).toMatchObject({ exitCode: 1, answer: { code: 100 } })
    expect(now()).toEqual(BEFORE)
  })
})
