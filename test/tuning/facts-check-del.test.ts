import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { makeOld, namesIn, newDataDir } from '../helpers/data-dir.ts'
import { type Call, outcomeOf } from '../helpers/executable.ts'
import { readLink, writeLink } from '../helpers/links.ts'
import { withEtc } from '../helpers/mounts.ts'
import { addVeth, createNetns } from '../helpers/netns.ts'
import { errorDocument, PREV_RESULT } from '../helpers/requests.ts'
import { readSysctls, type Sysctls, writeSysctls } from '../helpers/sysctls.ts'

const netns = await createNetns()
afterAll(() => netns.close())
addVeth(netns)

const BEFORE: Sysctls = { 'net/core/somaxconn': '4096' }
const now = () => ({ ...readSysctls(netns, Object.keys(BEFORE)), mtu: readLink(netns).mtu })
const NOTHING = { exitCode: 0, answer: undefined }
const SOMAXCONN = { 'net.core.somaxconn': '1024' }

let dataDir: string
beforeEach(() => {
  dataDir = newDataDir()
  writeSysctls(netns, BEFORE)
  writeLink(netns, { mtu: 1500, promisc: false })
})
const ask = (command: string, conf: object, call: Call = {}) =>
  outcomeOf(netns, command, { ...call, conf: { dataDir, ...conf } })

describe('CHECK right after ADD passes', () => {
  test.each<[string, object]>([
    ['for a value that the kernel answers with a tab', { sysctl: { 'net.ipv4.ip_local_port_range': '1024 65535' } }],
    ['for an octal number', { sysctl: { 'net.ipv4.tcp_keepalive_time': '0512' } }],
    ['for a name with IFNAME', { sysctl: { 'net.ipv4.conf.IFNAME.rp_filter': '1' } }],
    ['for a MAC address in capitals', { mac: '0A-00-00-00-00-0C' }],
  ])('%s', (_, conf) => {
    expect(ask('ADD', conf)).toMatchObject({ exitCode: 0 })
    expect(ask('CHECK', conf)).toEqual(NOTHING)
  })

  test('when promisc is on though not configured', () => {
    writeLink(netns, { promisc: true })
    expect(ask('ADD', { mtu: 1400, sysctl: SOMAXCONN })).toMatchObject({ exitCode: 0 })
    expect(ask('CHECK', { mtu: 1400, sysctl: SOMAXCONN })).toEqual(NOTHING)
    expect(readLink(netns).promisc).toBe(true)
  })
})

test('CHECK obeys the allowlist', () => {
  const path = '/etc/cni/tuning/allowlist.conf'
  const wrap = withEtc({ [path]: '^net\\.ipv4\\.\n' })
  expect(ask('ADD', { sysctl: SOMAXCONN })).toEqual({ exitCode: 0, answer: PREV_RESULT })
  expect(ask('CHECK', { sysctl: SOMAXCONN }, { wrap })).toEqual({
    exitCode: 1,
    answer: errorDocument(
      100,
      `net.core.somaxconn: is not allowed on this node by ${path}`,
      `${path} allows ^net\\.ipv4\\.`,
    ),
  })
})

test('DEL with a netns that is gone leaves no file', () => {
  expect(ask('ADD', { mtu: 1400 })).toMatchObject({ exitCode: 0 })
  expect(namesIn(dataDir)).toEqual(['c1/net1@eth0.json'])
  expect(ask('DEL', { mtu: 1400 }, { env: { CNI_NETNS: '/proc/4194305/ns/net' } })).toEqual(NOTHING)
  expect(namesIn(dataDir)).toEqual([])
})

test('DEL succeeds with a configuration that is invalid by now, and still puts back', () => {
  expect(ask('ADD', { mtu: 1400, sysctl: SOMAXCONN })).toMatchObject({ exitCode: 0 })
  expect(ask('DEL', { mtu: 'large', sysctl: ['net.core.somaxconn'], mac: 1 })).toEqual(NOTHING)
  expect(now()).toEqual({ ...BEFORE, mtu: 1500 })
})

test('GC removes what is not valid any more', () => {
  expect(ask('ADD', { mtu: 1400 })).toMatchObject({ exitCode: 0 })
  const gone = { 'cni.dev/valid-attachments': [] }
  const valid = { 'cni.dev/valid-attachments': [{ containerID: 'c1', ifname: 'eth0' }] }
  expect(ask('GC', valid)).toEqual(NOTHING)
  expect(namesIn(dataDir)).toEqual(['c1/net1@eth0.json'])
  makeOld(dataDir)
  expect(ask('GC', gone)).toEqual(NOTHING)
  expect(namesIn(dataDir)).toEqual([])
})
