import { describe, expect, test } from 'vitest'
import { ask, CONTAINER, errorDocument } from '../../helpers/requests.ts'

const SYS = '/proc/sys/net'

/** Earlier values of the same form. */
const before = (shown: string) => `${shown.replace(/\d+/g, '0')}\n`

describe('CHECK never fails on what ADD has just written', () => {
  test.each([
    ['net.core.somaxconn', '0x10', '16'],
    ['net.core.somaxconn', '010', '8'],
    ['net.core.somaxconn', 16, '16'],
    ['net.core.somaxconn', true, '1'],
    ['net.ipv4.ip_local_port_range', '1024  65535', '1024\t65535'],
    ['net.ipv4.ip_local_reserved_ports', '9000,8081,8080', '8080-8081,9000'],
    ['net.ipv4.neigh.eth0.retrans_time_ms', '1003', '1000'],
    ['net.ipv4.tcp_rmem', '5000 131072 0x2000000', '5000\t131072\t33554432'],
    ['net.bridge.bridge-nf-call-iptables', 2, '1'],
  ])('%s = %j, which the kernel shows as %j', (name, value, shown) => {
    const path = `/proc/sys/${name.replaceAll('.', '/')}`
    const container = { [path]: { text: before(shown), accept: () => `${shown}\n` } }
    const conf = { sysctl: { [name]: value } }
    const added = ask('ADD', { conf, container })
    expect([added.exitCode, added.os.stderr()]).toEqual([0, ''])
    const checked = ask('CHECK', { conf, container: { [path]: `${added.os.textOf(CONTAINER, path)}\n` } })
    expect([checked.exitCode, checked.stdout, checked.os.stderr()]).toEqual([0, '', ''])
  })
})

test('CHECK reports every difference, in order, and writes nothing', () => {
  const sysctl = {
    'net.ipv4.ip_forward': 1,
    'net.core.somaxconn': 4096,
    'net.ipv4.ip_local_port_range': '1024 65535',
    'net.core.nosuch': 1,
  }
  const { exitCode, answer, os } = ask('CHECK', { conf: { sysctl } })
  expect([exitCode, os.writes]).toEqual([1, []])
  expect(answer).toEqual(
    errorDocument(
      102,
      'net.ipv4.ip_forward: is "0", not "1"; ' +
        'net.ipv4.ip_local_port_range: is "32768\\t60999", not "1024 65535"; ' +
        'net.core.nosuch: cannot be read (ENOENT)',
    ),
  )
})

test('CHECK misses the interface', () => {
  const { exitCode, answer } = ask('CHECK', {
    env: { CNI_IFNAME: 'eth1' },
    conf: { sysctl: { 'net.ipv4.ip_forward': 1 } },
  })
  expect(exitCode).toBe(1)
  expect(answer).toEqual(
    errorDocument(
      102,
      'the interface eth1 (CNI_IFNAME) does not exist in the container; there are lo, eth0; ' +
        'net.ipv4.ip_forward: is "0", not "1"',
    ),
  )
})

test('CHECK tells what could not be read, and no difference beside it, which that may be the reason of', () => {
  const sysctl = { 'net.core.somaxconn': 1, 'net.ipv4.ip_forward': 1 }
  const container = { [`${SYS}/core/somaxconn`]: { text: '', readFails: 'EIO' } }
  expect(ask('CHECK', { conf: { sysctl }, container }).answer).toEqual(
    errorDocument(5, 'net.core.somaxconn: cannot be read (EIO)'),
  )
})

test('CHECK logs a difference of what may fail, and goes on', () => {
  const sysctl = { '-net.core.nosuch': 1, '-net.ipv4.ip_forward': 1 }
  const { exitCode, stdout, os } = ask('CHECK', { conf: { sysctl } })
  expect([exitCode, stdout]).toEqual([0, ''])
  expect(os.stderr()).toBe(
    'netns-sysctl: net.core.nosuch: cannot be read (ENOENT), ignored because of its "-"\n' +
      'netns-sysctl: net.ipv4.ip_forward: is "0", not "1", ignored because of its "-"\n',
  )
})

test('CHECK has nothing to say of a sysctl that cannot be read', () => {
  const { exitCode, stdout } = ask('CHECK', { conf: { sysctl: { 'net.ipv4.route.flush': 1 } } })
  expect([exitCode, stdout]).toEqual([0, ''])
})

test('CHECK compares with the value of args.cni where there is one', () => {
  const conf = { sysctl: { 'net.core.somaxconn': 1 }, args: { cni: { sysctl: { 'net.core.somaxconn': 4096 } } } }
  expect(ask('CHECK', { conf }).exitCode).toBe(0)
})

describe('CHECK is refused', () => {
  test('without prevResult', () => {
    const { answer } = ask('CHECK', { conf: { prevResult: undefined } })
    expect(answer).toMatchObject({ code: 7, msg: expect.stringContaining('must be chained after a network plugin') })
  })

  test('by the allowlist', () => {
    const files = { '/etc/cni/netns-sysctl/allowlist.conf': 'somaxconn' }
    const { answer } = ask('CHECK', { conf: { sysctl: { 'net.ipv4.ip_forward': 0 } }, files })
    expect(answer).toMatchObject({ code: 100 })
  })

  test('for a container that is gone', () => {
    const { answer } = ask('CHECK', { env: { CNI_NETNS: '/run/netns/gone' } })
    expect(answer).toMatchObject({ code: 8, msg: 'CNI_NETNS /run/netns/gone does not exist' })
  })

  test('where the interfaces cannot be read', () => {
    const container = { '/proc/thread-self/net/dev': { text: '', readFails: 'EIO' } }
    expect(ask('CHECK', { container }).answer).toEqual(
      errorDocument(5, `read ${SYS.replace('sys', 'thread-self')}/dev: EIO`),
    )
  })
})
