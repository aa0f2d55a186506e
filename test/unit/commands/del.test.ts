import { describe, expect, test } from 'vitest'
import { type Asked, ask, CONTAINER, DATA_DIR, ETH0, RECORD } from '../../helpers/requests.ts'

const SYS = '/proc/sys/net'
const SOMAXCONN = `${SYS}/core/somaxconn`
const FORWARD = `${SYS}/ipv4/ip_forward`
const SYSCTL = { 'net.ipv4.ip_forward': 1, 'net.core.somaxconn': 128 }

/** DEL after an ADD of two sysctls and an mtu. */
function addAndDel(asked: Asked = {}, conf: Readonly<Record<string, unknown>> = { sysctl: SYSCTL, mtu: 1400 }) {
  const added = ask('ADD', { conf })
  const { exitCode, stdout, os } = ask('DEL', { after: added, conf, ...asked })
  const values = { somaxconn: os.textOf(CONTAINER, SOMAXCONN), forward: os.textOf(CONTAINER, FORWARD) }
  const records = os.list(DATA_DIR).map(({ name }) => name)
  return { exitCode, stdout, ...values, mtu: os.linkOf(CONTAINER, 'eth0')?.mtu, records, os }
}

const RESTORED = { exitCode: 0, stdout: '', somaxconn: '4096', forward: '0', mtu: ETH0.mtu, records: [] }
const LEFT = { ...RESTORED, somaxconn: '128', forward: '1', mtu: 1400 }

describe('DEL succeeds without a record', () => {
  test.each([
    ['usually', {}],
    ['without CNI_NETNS', { env: { CNI_NETNS: '' } }],
    ['for a netns that is gone', { env: { CNI_NETNS: '/run/netns/gone' } }],
    ['for what is not a netns', { env: { CNI_NETNS: '/etc' }, machine: { notNetns: ['/etc'] } }],
    ["for the plugin's own netns", { env: { CNI_NETNS: '/proc/thread-self/ns/net' } }],
    ['for an interface that is gone', { env: { CNI_IFNAME: 'eth7' } }],
    ['without prevResult', { conf: { prevResult: undefined } }],
    ['with a sysctl that does not exist', { conf: { sysctl: { 'net.core.nosuch': 1 } } }],
    ['with a name that is none', { conf: { sysctl: { 'net..core': 1 } } }],
    ['with a value that is none', { conf: { sysctl: { 'net.core.somaxconn': [1] } } }],
    ['with sysctls that are none', { conf: { sysctl: 7, args: 7, prevResult: 7 } }],
    ['with members that are none', { conf: { inherit: 7, pod: 7, restoreOnDel: 7, dataDir: 7, mac: 7, mtu: 'x' } }],
    ['with a member given twice', { stdin: '{"cniVersion":"1.1.0","name":"n","sysctl":{"a":1,"a":2}}' }],
    ['against the allowlist', { files: { '/etc/cni/tuning/allowlist.conf': '' } }],
    ['with a broken allowlist', { files: { '/etc/cni/tuning/allowlist.conf': '(' } }],
    ['in the first version', { conf: { cniVersion: '0.1.0' } }],
  ])('%s', (_, asked) => {
    const { exitCode, stdout, os } = ask('DEL', asked)
    expect([exitCode, stdout, os.writes]).toEqual([0, '', []])
  })
})

test.each([
  ['no JSON', { stdin: '{' }, 6],
  ['a name that is none', { conf: { name: '../x' } }, 7],
  ['a container ID that is none', { env: { CNI_CONTAINERID: '../x' } }, 4],
  ['a version that is none', { conf: { cniVersion: '9.0.0' } }, 1],
])('DEL fails with %s', (_, asked, code) => {
  const { exitCode, answer } = ask('DEL', asked)
  expect(exitCode).toBe(1)
  expect(answer).toMatchObject({ code })
})

describe('DEL puts everything back where the netns lives on, and removes the record', () => {
  test.each([
    ['usually', {}],
    ['without prevResult', { conf: {} }],
    ['whose configuration has lost its sysctls', { conf: { prevResult: undefined } }],
    [
      'with a configuration that has become invalid',
      { conf: { sysctl: { 'kernel.x': [] }, mac: 7, pod: 'x', inherit: 1 } },
    ],
    ['against an allowlist that came later', { files: { '/etc/cni/tuning/allowlist.conf': '' } }],
    ['with what an interrupted ADD left', { files: { [`${RECORD.replace(/[^/]*$/, '.7-0.netns-sysctl~')}`]: '{' } }],
  ] satisfies [string, Asked][])('%s', (_, asked) => {
    expect(addAndDel(asked)).toMatchObject(RESTORED)
  })

  test('in reverse order', () => {
    const { os } = addAndDel()
    const restored = os.writes.filter((line) => line.startsWith(CONTAINER))
    expect(restored).toEqual([`${CONTAINER} ${SOMAXCONN} 4096`, `${CONTAINER} ${FORWARD} 0`])
    expect(os.stderr()).toBe('')
  })

  test('twice without harm', () => {
    const first = ask('DEL', { after: ask('ADD', { conf: { sysctl: SYSCTL } }) })
    const second = ask('DEL', { after: first, container: { [SOMAXCONN]: '128\n' } })
    expect([second.exitCode, second.os.textOf(CONTAINER, SOMAXCONN)]).toEqual([0, '128'])
  })

  test('after an ADD that was killed before it had written all', () => {
    expect(addAndDel({ container: { [SOMAXCONN]: '4096\n' } })).toMatchObject(RESTORED)
  })

  test('and what somebody has changed since stays', () => {
    expect(addAndDel({ container: { [SOMAXCONN]: '777\n' } })).toMatchObject({ ...RESTORED, somaxconn: '777' })
  })

  test('and what cannot be put back is logged, and the rest put back', () => {
    const result = addAndDel({ container: { [SOMAXCONN]: { text: '128\n', writeFails: 'EPERM' } } })
    expect(result).toMatchObject({ ...RESTORED, somaxconn: '128', records: ['containers'] })
    expect(result.os.stderr()).toBe(`netns-sysctl: DEL goes on: write ${SOMAXCONN}: EPERM\n`)
  })

  test('and what has gone with its interface is no matter', () => {
    const name = 'net.ipv4.conf.eth0.rp_filter'
    const added = ask('ADD', { conf: { sysctl: { ...SYSCTL, [name]: 1 }, mtu: 1400 } })
    added.os.state.trees.get(CONTAINER)?.delete(`${SYS}/ipv4/conf/eth0/rp_filter`)
    added.os.state.links.set(CONTAINER, {})
    const { exitCode, os } = ask('DEL', { after: added })
    expect([exitCode, os.textOf(CONTAINER, SOMAXCONN), os.stderr()]).toEqual([0, '4096', ''])
  })
})

describe('DEL leaves the netns alone and removes the record', () => {
  test.each([
    ['where CNI_NETNS is empty', { env: { CNI_NETNS: '' } }],
    ['where CNI_NETNS is gone', { env: { CNI_NETNS: '/run/netns/gone' } }],
    ['where CNI_NETNS is not a netns', { env: { CNI_NETNS: '/etc' }, machine: { notNetns: ['/etc'] } }],
    ["where CNI_NETNS is the plugin's own", { env: { CNI_NETNS: '/proc/thread-self/ns/net' } }],
    ['where CNI_NETNS is a namespace of another kind', { machine: { enterFails: 'EINVAL' } }],
  ] satisfies [string, Asked][])('%s', (_, asked) => {
    expect(addAndDel(asked)).toMatchObject(LEFT)
  })

  test('where CNI_NETNS is another netns by now', () => {
    const other = { '/run/netns/c2': { [SOMAXCONN]: '128\n' } }
    const result = addAndDel({ env: { CNI_NETNS: '/run/netns/c2' }, machine: { netns: other } })
    expect(result).toMatchObject(LEFT)
    expect(result.os.textOf('/run/netns/c2', SOMAXCONN)).toBe('128')
  })

  test.each([
    ['is truncated', { text: '{"plugin":"netns-sysctl","ver' }],
    ['is of another version', { text: '{"plugin":"netns-sysctl","version":99}' }],
  ])('where the record %s, which is logged', (_, file) => {
    const result = addAndDel({ files: { [RECORD]: file } })
    expect(result).toMatchObject(LEFT)
    expect(result.os.stderr()).toMatch(/^netns-sysctl: .*so it is not used\n$/)
  })

  test('but for the interface, where restoreOnDel has been turned off', () => {
    const conf = { sysctl: SYSCTL, mtu: 1400, restoreOnDel: false }
    expect(addAndDel({ conf })).toMatchObject({ ...LEFT, mtu: ETH0.mtu })
    expect(addAndDel({}, conf)).toMatchObject({ ...LEFT, mtu: ETH0.mtu })
  })

  test('and succeeds where the record cannot be removed', () => {
    const added = ask('ADD', { conf: { sysctl: SYSCTL } })
    const file = { text: added.os.readFile(RECORD), removeFails: 'EROFS' }
    const { exitCode, os } = ask('DEL', { after: added, files: { [RECORD]: file } })
    expect([exitCode, os.textOf(CONTAINER, SOMAXCONN)]).toEqual([0, '4096'])
    expect(os.stderr()).toBe(`netns-sysctl: DEL goes on: unlink ${RECORD}: EROFS\n`)
  })
})

test('no record is kept where there is nothing to put back, or restoreOnDel is off', () => {
  expect(ask('ADD').os.writes).toEqual([])
  const { os } = ask('ADD', { conf: { sysctl: SYSCTL, restoreOnDel: false } })
  expect(os.writes.filter((line) => line.endsWith('replaced'))).toEqual([])
})

test('an entry that no ADD writes leads nowhere', () => {
  const added = ask('ADD', { conf: { sysctl: SYSCTL } })
  const record = JSON.parse(added.os.readFile(RECORD))
  const files = {
    [RECORD]: JSON.stringify({
      ...record,
      ids: ['net/../kernel/core_pattern', ...record.ids],
      found: ['|/bin/sh', ...record.found],
      after: ['core', ...record.after],
    }),
    '/proc/sys/kernel/core_pattern': 'core\n',
  }
  const { exitCode, os } = ask('DEL', { after: added, files })
  expect([exitCode, os.readFile('/proc/sys/kernel/core_pattern'), os.textOf(CONTAINER, SOMAXCONN)]).toEqual([
    0,
    'core\n',
    '4096',
  ])
  expect(os.stderr()).toContain('is not the name of a sysctl')
})
