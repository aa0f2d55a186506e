import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { namesIn, newDataDir } from '../helpers/data-dir.ts'
import { outcomeOf } from '../helpers/executable.ts'
import { type LinkState, readLink, settableTxQLen, writeLink } from '../helpers/links.ts'
import { withEtc } from '../helpers/mounts.ts'
import { addVeth, createNetns } from '../helpers/netns.ts'
import { errorDocument } from '../helpers/requests.ts'
import { readSysctls, type Sysctls, writeSysctls } from '../helpers/sysctls.ts'

// Configurations of tuning's own test suite, with another type. It runs most of its cases in the netns that it
// changes, with CNI_NETNS_OVERRIDE set.
const netns = await createNetns()
afterAll(() => netns.close())
addVeth(netns, 'dummy0')

const IFNAME = 'dummy0'
const LINK: LinkState = { mac: '0a:00:00:00:00:01', mtu: 1500, promisc: false, allmulti: false, txQLen: 1000 }
const SYSCTLS: Sysctls = { 'net/ipv4/conf/all/log_martians': '0' }
const LOG_MARTIANS = { 'net.ipv4.conf.all.log_martians': '1' }
const NOTHING = { exitCode: 0, answer: undefined }
const MAC = 'c2:11:22:33:44:55'
const PREV_RESULT = {
  interfaces: [{ name: IFNAME, sandbox: 'netns' }],
  ips: [{ version: '4', address: '10.0.0.2/24', gateway: '10.0.0.1', interface: 0 }],
}

let dataDir: string
beforeEach(() => {
  dataDir = newDataDir()
  writeLink(netns, LINK, IFNAME)
  writeSysctls(netns, SYSCTLS)
})
const now = () => ({ ...readLink(netns, IFNAME), ...readSysctls(netns, Object.keys(SYSCTLS)) })

interface Case {
  readonly cniVersion?: string
  readonly conf: object
  readonly env?: Readonly<Record<string, string>>
}

function ask(command: string, { cniVersion = '1.0.0', conf, env }: Case) {
  const stdin = { name: 'test', type: 'netns-sysctl', cniVersion, dataDir, prevResult: PREV_RESULT, ...conf }
  return outcomeOf(netns, command, {
    stdin: JSON.stringify(stdin),
    env: { CNI_CONTAINERID: 'dummy', CNI_IFNAME: IFNAME, CNI_NETNS_OVERRIDE: '1', ...env },
    isInside: true,
  })
}

const CASES: readonly (readonly [string, Omit<Case, 'cniVersion'>, Partial<LinkState>])[] = [
  ['a sysctl', { conf: { sysctl: LOG_MARTIANS } }, {}],
  ['promisc', { conf: { promisc: true } }, { promisc: true }],
  ['promisc from args', { conf: { args: { cni: { promisc: true } } } }, { promisc: true }],
  ['mtu', { conf: { mtu: 1454 } }, { mtu: 1454 }],
  ['mtu from args', { conf: { args: { cni: { mtu: 1454 } } } }, { mtu: 1454 }],
  ['txQLen', { conf: { txQLen: settableTxQLen(20000) } }, { txQLen: settableTxQLen(20000) }],
  [
    'txQLen from args',
    { conf: { args: { cni: { txQLen: settableTxQLen(20000) } } } },
    { txQLen: settableTxQLen(20000) },
  ],
  ['mac', { conf: { mac: MAC } }, { mac: MAC }],
  ['mac from args', { conf: { args: { cni: { mac: MAC } } } }, { mac: MAC }],
  ['mac from CNI_ARGS', { conf: {}, env: { CNI_ARGS: `IgnoreUnknown=true;MAC=${MAC}` } }, { mac: MAC }],
  ['mac from RuntimeConfig', { conf: { capabilities: { mac: true }, RuntimeConfig: { mac: MAC } } }, { mac: MAC }],
  ['allmulti', { conf: { allmulti: true } }, { allmulti: true }],
  ['allmulti from args', { conf: { args: { cni: { allmulti: true } } } }, { allmulti: true }],
  [
    'mac, promisc and mtu together',
    { conf: { mac: MAC, promisc: true, mtu: 4000 } },
    { mac: MAC, promisc: true, mtu: 4000 },
  ],
  ['members in another case', { conf: { MAC, Mtu: 1454, AllMulti: true } }, { mac: MAC, mtu: 1454, allmulti: true }],
]
const VERSIONS = ['0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0']

describe.each(VERSIONS)('at %s', (cniVersion) => {
  test.each(CASES)('%s is configured, checked and deconfigured', (_, { conf, env = {} }, changes) => {
    const call = { cniVersion, conf, env }
    const log = 'sysctl' in conf ? '1' : '0'
    const { mac, mtu } = changes
    const interfaces = [
      {
        ...PREV_RESULT.interfaces[0],
        ...(mac !== undefined && { mac }),
        ...(mtu !== undefined && cniVersion === '1.1.0' && { mtu }),
      },
    ]
    expect(ask('ADD', call)).toEqual({ exitCode: 0, answer: { ...PREV_RESULT, cniVersion, interfaces } })
    expect(now()).toEqual({ ...LINK, ...changes, 'net/ipv4/conf/all/log_martians': log })
    if (!cniVersion.startsWith('0.3.')) expect(ask('CHECK', call)).toEqual(NOTHING)
    expect(ask('DEL', call)).toEqual(NOTHING)
    expect({ ...now(), records: namesIn(dataDir) }).toEqual({ ...LINK, ...SYSCTLS, records: [] })
  })
})

// tuning's suite does so from 0.4.0 on, with what Go makes of a configuration that it has read: 12 of its 72 cases.
describe.each(['0.4.0', '1.0.0'])('with a network of another name after ADD, at %s', (cniVersion) => {
  test.each(CASES.filter(([, { conf }]) => !('args' in conf)))(
    '%s is checked and deconfigured',
    (_, asked, changes) => {
      const { answer: prevResult } = ask('ADD', { cniVersion, ...asked })
      const written = { ipam: {}, dns: {}, sysctl: null, runtimeConfig: {}, args: null }
      const conf = { ...written, ...asked.conf, name: 'testConfig', prevResult }
      expect(now()).toMatchObject(changes)
      expect(ask('CHECK', { cniVersion, ...asked, conf })).toEqual(NOTHING)
      expect(ask('DEL', { cniVersion, ...asked, conf })).toEqual(NOTHING)
      expect({ ...now(), records: namesIn(dataDir) }).toEqual({ ...LINK, ...SYSCTLS, records: [] })
    },
  )
})

test.each(VERSIONS)('a sysctl that is given twice is refused as "duplicated", at %s', (cniVersion) => {
  const members = JSON.stringify({ name: 'test', type: 'tuning', cniVersion, prevResult: PREV_RESULT }).slice(1, -1)
  const name = 'net.ipv4.conf.all.log_martians'
  const stdin = `{"sysctl":{"${name}":"1","${name}":"0"},${members}}`
  const { exitCode, answer } = outcomeOf(netns, 'ADD', { stdin })
  expect({ exitCode, answer }).toMatchObject({ exitCode: 1, answer: { msg: expect.stringContaining('duplicated') } })
  expect(now()).toEqual({ ...LINK, ...SYSCTLS })
})

describe('CNI_NETNS_OVERRIDE', () => {
  const conf = { mtu: 1454 }

  test.each(['1', 'true', 'TRUE'])('%s lets the plugin change its own netns', (CNI_NETNS_OVERRIDE) => {
    expect(ask('ADD', { conf, env: { CNI_NETNS_OVERRIDE } })).toMatchObject({ exitCode: 0 })
    expect(now()).toMatchObject({ mtu: 1454 })
    expect(ask('DEL', { conf, env: { CNI_NETNS_OVERRIDE } })).toEqual(NOTHING)
    expect(now()).toEqual({ ...LINK, ...SYSCTLS })
  })

  test.each(['', '0', 'false'])('%j does not', (CNI_NETNS_OVERRIDE) => {
    expect(ask('ADD', { conf, env: { CNI_NETNS_OVERRIDE } })).toMatchObject({ exitCode: 1, answer: { code: 8 } })
    expect(now()).toEqual({ ...LINK, ...SYSCTLS })
  })
})

test.each<[string, boolean]>([
  ['^net\\.ipv4\\.conf\\.other\\.[a-z_]*$', false],
  ['^net\\.ipv4\\.conf\\.all\\.[a-z_]*$', true],
])("tuning's allowlist %s decides", (pattern, isAllowed) => {
  const stdin = { name: 'test', cniVersion: '1.0.0', dataDir, prevResult: PREV_RESULT, sysctl: LOG_MARTIANS }
  const call = { stdin: JSON.stringify(stdin), wrap: withEtc({ '/etc/cni/tuning/allowlist.conf': `${pattern}\n` }) }
  expect(outcomeOf(netns, 'ADD', call)).toMatchObject(
    isAllowed ? { exitCode: 0 } : { exitCode: 1, answer: { code: 100 } },
  )
  expect(now()).toEqual({ ...LINK, 'net/ipv4/conf/all/log_martians': isAllowed ? '1' : '0' })
  expect(outcomeOf(netns, 'DEL', call)).toEqual(NOTHING)
})

test('an interface with a path separator is refused', () => {
  expect(ask('ADD', { conf: { sysctl: LOG_MARTIANS }, env: { CNI_IFNAME: 'eth/0' } })).toEqual({
    exitCode: 1,
    answer: errorDocument(
      4,
      'CNI_IFNAME "eth/0" has an invalid character: "/", ":", a blank or a control character',
      'a container runtime sets these for ADD',
    ),
  })
})
