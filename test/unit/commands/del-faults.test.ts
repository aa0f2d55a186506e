import { describe, expect, test } from 'vitest'
import type { FakeFile } from '../../helpers/fake-os.ts'
import { type Asked, ask, CONTAINER, DATA_DIR, ETH0, RECORD } from '../../helpers/requests.ts'

const SYS = '/proc/sys/net'
const SOMAXCONN = `${SYS}/core/somaxconn`
const CONF = { sysctl: { 'net.ipv4.ip_forward': 1, 'net.core.somaxconn': 128 }, mtu: 1400 }

/** DEL after an ADD of two sysctls and an mtu. */
function addAndDel(asked: Asked = {}) {
  const added = ask('ADD', { conf: CONF })
  const { exitCode, answer, os } = ask('DEL', { after: added, conf: CONF, ...asked })
  return {
    exitCode,
    answer,
    somaxconn: os.textOf(CONTAINER, SOMAXCONN),
    mtu: os.linkOf(CONTAINER, 'eth0')?.mtu,
    isRecorded: os.state.shared.has(RECORD),
    os,
  }
}

const LEFT = { somaxconn: '128', mtu: 1400, isRecorded: true }

describe('DEL asks for another try, and leaves the record, where', () => {
  test.each([
    ['the netns cannot be entered', { machine: { enterFails: 'ENOMEM' } }],
    ['the record cannot be read', { files: { [RECORD]: { text: '', readFails: 'EMFILE' } } }],
    ['dataDir cannot be opened', { files: { [DATA_DIR]: { text: '', kind: 'directory', readFails: 'ENFILE' } } }],
    ['another command works on the container', { machine: { locked: [`${DATA_DIR}/containers/c1`] } }],
  ] satisfies [string, Asked][])('%s', (_, asked) => {
    expect(addAndDel(asked)).toMatchObject({ ...LEFT, exitCode: 1, answer: { code: 11 } })
  })

  test('a value cannot be read', () => {
    const container = { [SOMAXCONN]: { text: '128\n', readFails: 'EINTR' } }
    expect(addAndDel({ container })).toMatchObject({ isRecorded: true, exitCode: 1, answer: { code: 11 } })
  })
})

test('DEL tries again for itself what passes', () => {
  const file: FakeFile = { text: '128\n' }
  let times = 3
  const conf = { sysctl: { 'net.core.somaxconn': 128 } }
  file.accept = (text) => text
  Object.defineProperty(file, 'readFails', { get: () => (times-- > 0 ? 'EAGAIN' : undefined) })
  const added = ask('ADD', { conf })
  added.os.state.trees.get(CONTAINER)?.set(SOMAXCONN, file)
  const { exitCode, os } = ask('DEL', { after: added, conf })
  expect([exitCode, os.textOf(CONTAINER, SOMAXCONN), os.list(DATA_DIR)]).toEqual([0, '4096', []])
  expect(os.slept()).toBe(111)
})

describe('DEL succeeds, logs it and leaves the record, where', () => {
  test.each([
    ['the netns may not be entered', { machine: { enterFails: 'EPERM' } }, /DEL goes on: setns .*: EPERM/],
    [
      'the boot is unknown',
      { files: { '/proc/sys/kernel/random/boot_id': '' } },
      /DEL goes on: read .*boot_id: ENODATA/,
    ],
    [
      'the record cannot be read',
      { files: { [RECORD]: { text: '', readFails: 'EIO' } } },
      /DEL goes on: read .*net1@eth0.json: EIO/,
    ],
    [
      "dataDir is somebody else's",
      { files: { [DATA_DIR]: { text: '', kind: 'directory', mode: 0o777 } } },
      /has the mode 0777, not 0700, so its records are not used/,
    ],
    [
      'a netns that is gone has a record that cannot be read',
      { env: { CNI_NETNS: '/run/netns/gone' }, files: { [RECORD]: { text: '', readFails: 'ENOMEM' } } },
      /DEL goes on: read .*: ENOMEM/,
    ],
    [
      'a netns that is gone has a container that another command works on',
      { env: { CNI_NETNS: '' }, machine: { locked: [`${DATA_DIR}/containers/c1`] } },
      /another command works on the container c1/,
    ],
  ] satisfies [string, Asked, RegExp][])('%s', (_, asked, logged) => {
    const result = addAndDel(asked)
    expect(result).toMatchObject({ ...LEFT, exitCode: 0 })
    expect(result.os.stderr()).toMatch(logged)
  })

  test('a value cannot be read', () => {
    const container = { [SOMAXCONN]: { text: '128\n', readFails: 'EIO' } }
    const result = addAndDel({ container })
    expect(result).toMatchObject({ ...LEFT, mtu: ETH0.mtu, exitCode: 0 })
    expect(result.os.stderr()).toBe(`netns-sysctl: DEL goes on: read ${SOMAXCONN}: EIO\n`)
  })
})

describe('DEL writes nothing into a netns that is not certainly the recorded one', () => {
  const GONE = { exitCode: 0, somaxconn: '128', isRecorded: false }

  test.each([
    ['of another cookie, with the same number', { cookies: { [CONTAINER]: 'later' } }],
    ['without a cookie, where there was one', { hasCookies: false }],
  ])('%s', (_, machine) => {
    expect(addAndDel({ machine })).toMatchObject(GONE)
  })

  test('of another boot', () => {
    expect(addAndDel({ files: { '/proc/sys/kernel/random/boot_id': 'boot 2\n' } })).toMatchObject(GONE)
    const added = ask('ADD', { conf: CONF, machine: { hasCookies: false } })
    const files = { '/proc/sys/kernel/random/boot_id': 'boot 2\n' }
    const { os } = ask('DEL', { after: added, conf: CONF, files, machine: { hasCookies: false } })
    expect(os.textOf(CONTAINER, SOMAXCONN)).toBe('128')
  })

  test('but where no kernel has cookies, the number and the boot are enough', () => {
    const machine = { hasCookies: false }
    const added = ask('ADD', { conf: CONF, machine })
    expect(ask('DEL', { after: added, conf: CONF, machine }).os.textOf(CONTAINER, SOMAXCONN)).toBe('4096')
  })

  test('nor does ADD take what it finds in such a record for its own', () => {
    const added = ask('ADD', { conf: CONF })
    const machine = { cookies: { [CONTAINER]: 'later' } }
    const again = ask('ADD', { after: added, conf: CONF, machine, container: { [SOMAXCONN]: '7\n' } })
    expect(ask('DEL', { after: again, conf: CONF, machine }).os.textOf(CONTAINER, SOMAXCONN)).toBe('7')
  })
})

describe('DEL under a name that the network has got since', () => {
  const renamed = { ...CONF, name: 'net2' }

  test('finds the record of the interface', () => {
    const { exitCode, os } = ask('DEL', { after: ask('ADD', { conf: CONF }), conf: renamed })
    expect([exitCode, os.textOf(CONTAINER, SOMAXCONN), os.list(DATA_DIR)]).toEqual([0, '4096', []])
  })

  test.each([
    ['of another interface', { env: { CNI_IFNAME: 'eth1' } }],
    ['of another netns', { machine: { cookies: { [CONTAINER]: 'later' } } }],
    ['whose netns is not told', { env: { CNI_NETNS: '' } }],
  ] satisfies [string, Asked][])('leaves a record %s', (_, asked) => {
    const { os } = ask('DEL', { after: ask('ADD', { conf: CONF }), conf: renamed, ...asked })
    expect([os.textOf(CONTAINER, SOMAXCONN), os.state.shared.has(RECORD)]).toEqual(['128', true])
  })

  test('leaves two records of which it may be either', () => {
    const both = ask('ADD', { after: ask('ADD', { conf: CONF }), conf: { ...CONF, name: 'net3' } })
    const { os } = ask('DEL', { after: both, conf: renamed })
    expect(os.list(`${DATA_DIR}/containers/c1`)).toHaveLength(2)
  })

  test('and CHECK finds it too', () => {
    const conf = { inherit: ['net.core.somaxconn'] }
    const added = ask('ADD', { conf, host: { [SOMAXCONN]: '9\n' } })
    const container = { [SOMAXCONN]: '1\n' }
    expect(ask('CHECK', { after: added, conf: { ...conf, name: 'net2' }, container }).answer).toMatchObject({
      code: 102,
    })
  })
})
