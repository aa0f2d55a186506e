import { describe, expect, test } from 'vitest'
import { type Asked, ask, CONTAINER, DATA_DIR, errorDocument, RECORD } from '../../helpers/requests.ts'

const SYS = '/proc/sys/net'
const SOMAXCONN = `${SYS}/core/somaxconn`
const INHERIT = { inherit: ['net.core.somaxconn', 'net.ipv4.tcp_keepalive_*'] }
const HOST_VALUES = { [SOMAXCONN]: '2048\n', [`${SYS}/ipv4/tcp_keepalive_time`]: '60\n' }

const added = (conf: Asked['conf'] = INHERIT, asked: Asked = {}) => ask('ADD', { host: HOST_VALUES, ...asked, conf })

describe('CHECK of what was copied from the host', () => {
  test('agrees right after ADD, and when the host has changed since', () => {
    expect(ask('CHECK', { after: added(), conf: INHERIT }).exitCode).toBe(0)
    const host = { [SOMAXCONN]: '9\n', [`${SYS}/ipv4/tcp_keepalive_time`]: '9\n' }
    expect(ask('CHECK', { after: added(), conf: INHERIT, host }).exitCode).toBe(0)
  })

  test('reports every difference from what ADD wrote', () => {
    const container = { [SOMAXCONN]: '1\n', [`${SYS}/ipv4/tcp_keepalive_time`]: '7\n' }
    expect(ask('CHECK', { after: added(), conf: INHERIT, container }).answer).toEqual(
      errorDocument(102, 'net.core.somaxconn: is "1", not "2048"; net.ipv4.tcp_keepalive_time: is "7", not "60"'),
    )
  })

  test.each([
    ['there is no record', { restoreOnDel: false }, {}],
    ['the record is broken', {}, { files: { [RECORD]: '{' } }],
    ['the record is of another netns', {}, { env: { CNI_NETNS: '/run/netns/c2' } }],
    ['nothing is to be copied any more', { inherit: [] }, {}],
  ])('knows nothing if %s', (_, changes, asked) => {
    const conf = { ...INHERIT, ...changes }
    const container = { [SOMAXCONN]: '1\n', '/proc/thread-self/net/dev': 'a\nb\n lo: 0\neth0: 0\n' }
    const after = added({ ...INHERIT, ...('restoreOnDel' in changes && changes) })
    const machine = { netns: { [CONTAINER]: container, '/run/netns/c2': container } }
    expect(ask('CHECK', { after, conf, machine, ...asked }).exitCode).toBe(0)
  })
})

test('CHECK does not take for copied what sysctl has set', () => {
  const conf = { ...INHERIT, sysctl: { 'net.core.somaxconn': 5, '-net.ipv4.ip_forward': 1 } }
  const container = { [`${SYS}/ipv4/ip_forward`]: '0\n' }
  const { exitCode, stdout, os } = ask('CHECK', { after: added(conf), conf, container })
  expect([exitCode, stdout]).toEqual([0, ''])
  expect(os.stderr()).toContain('net.ipv4.ip_forward: is "0", not "1", ignored because of its "-"\n')
})

describe('CHECK of a value that the kernel made something else of', () => {
  const conf = { sysctl: { 'net.core.somaxconn': 99999 } }
  const accept = () => '65535\n'

  test('agrees while it is that', () => {
    const after = added(conf, { container: { [SOMAXCONN]: { text: '4096\n', accept } } })
    expect(after.os.stderr()).toBe('netns-sysctl: net.core.somaxconn: wrote "99999", the kernel holds "65535"\n')
    expect(ask('CHECK', { after, conf }).exitCode).toBe(0)
  })

  test('reports what it is, once it is something else', () => {
    const after = added(conf, { container: { [SOMAXCONN]: { text: '4096\n', accept } } })
    expect(ask('CHECK', { after, conf, container: { [SOMAXCONN]: '1\n' } }).answer).toEqual(
      errorDocument(102, 'net.core.somaxconn: is "1", not "99999"'),
    )
  })
})

describe('CHECK beside a later attachment of the same container', () => {
  const first = { sysctl: { 'net.core.somaxconn': 1, 'net.ipv4.ip_forward': 1 } }
  const second = { name: 'net2', sysctl: { 'net.core.somaxconn': 2 } }
  const env = { CNI_IFNAME: 'eth1' }
  const links = '/proc/thread-self/net/dev'
  const both = () => {
    const container = { [links]: 'a\nb\n lo: 0\neth0: 0\neth1: 0\n' }
    return ask('ADD', { after: added(first, { container }), env, conf: second })
  }

  test("raises no alarm for the values that are that one's", () => {
    expect(ask('CHECK', { after: both(), conf: first }).exitCode).toBe(0)
    expect(ask('CHECK', { after: both(), conf: second, env }).exitCode).toBe(0)
  })

  test('reports a difference of its own', () => {
    const container = { [`${SYS}/ipv4/ip_forward`]: '0\n', [SOMAXCONN]: '3\n' }
    expect(ask('CHECK', { after: both(), conf: first, container }).answer).toEqual(
      errorDocument(102, 'net.ipv4.ip_forward: is "0", not "1"'),
    )
    expect(ask('CHECK', { after: both(), conf: second, env, container }).answer).toEqual(
      errorDocument(102, 'net.core.somaxconn: is "3", not "2"'),
    )
  })

  test('agrees once that one is gone', () => {
    const after = ask('DEL', { after: both(), conf: second, env })
    expect(ask('CHECK', { after, conf: first }).exitCode).toBe(0)
  })
})

describe('CHECK of the interface', () => {
  const conf = { mac: '0A-58-0A-F4-01-02', mtu: 1400, promisc: true }

  test('agrees after ADD, and with what was never configured', () => {
    const after = added(conf)
    const eth0 = { mac: '0a:58:0a:f4:01:02', mtu: 1400, flags: 0x1343, txQLen: 7 }
    expect(ask('CHECK', { after, conf, machine: { links: { [CONTAINER]: { eth0 } } } }).exitCode).toBe(0)
    expect(ask('CHECK', { after, machine: { links: { [CONTAINER]: { eth0 } } } }).exitCode).toBe(0)
  })

  test('reports every difference at once, with those of the sysctls', () => {
    const sysctl = { 'net.core.somaxconn': 1 }
    const { answer } = ask('CHECK', { conf: { ...conf, txQLen: 5, sysctl } })
    expect(answer).toEqual(
      errorDocument(
        102,
        'mac of eth0: is "5a:00:00:00:00:01", not "0a:58:0a:f4:01:02"; mtu of eth0: is "1500", not "1400"; ' +
          'promisc of eth0: is "0", not "1"; txQLen of eth0: is "1000", not "5"; net.core.somaxconn: is "4096", not "1"',
      ),
    )
  })

  test('reports an interface that is gone', () => {
    const container = { '/proc/thread-self/net/dev': 'a\nb\n lo: 0\n' }
    expect(ask('CHECK', { conf: { mtu: 1500 }, container, machine: { links: {} } }).answer).toEqual(
      errorDocument(
        102,
        'the interface eth0 (CNI_IFNAME) does not exist in the container; there is lo; mtu of eth0: cannot be read (ENODEV)',
      ),
    )
  })
})

test('CHECK writes nothing, with whatever record', () => {
  const { os } = ask('CHECK', { after: added(), conf: INHERIT, container: { [SOMAXCONN]: '1\n' } })
  expect(os.writes).toEqual([])
})

describe('CHECK of a container', () => {
  const conf = { sysctl: { 'net.core.somaxconn': 128 } }

  test('that another command works on asks for another try', () => {
    const machine = { locked: [`${DATA_DIR}/containers/c1`] }
    expect(ask('CHECK', { after: added(conf), conf, machine }).answer).toEqual(
      errorDocument(11, 'another command works on the container c1 and does not end', 'nothing was changed; try again'),
    )
  })

  test("goes on without records in a folder that may be somebody else's, and says so", () => {
    const files = { [DATA_DIR]: { text: '', kind: 'directory' as const, mode: 0o777 } }
    const { exitCode, os } = ask('CHECK', { after: added(conf), conf, files })
    const logged = `netns-sysctl: dataDir ${DATA_DIR} has the mode 0777, not 0700, so its records are not used\n`
    expect([exitCode, os.stderr()]).toEqual([0, logged])
  })

  test('takes the only record of the attachment for its own: what a later one has set too is no difference', () => {
    const after = ask('ADD', { after: added(conf), conf, env: { CNI_IFNAME: 'eth1' } })
    expect(ask('CHECK', { after, conf: { sysctl: { 'net.core.somaxconn': 256 } } }).exitCode).toBe(0)
  })
})
