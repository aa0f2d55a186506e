import { describe, expect, test } from 'vitest'
import { OsError } from '../../../plugin/os/os.ts'
import { parseSysctlKey } from '../../../plugin/sysctl/key.ts'
import { diagnoseWrite } from '../../../plugin/sysctl/refusal.ts'
import { createFakeOs } from '../../helpers/fake-os.ts'

describe('a value that the kernel refuses', () => {
  test.each([
    ['net.core.somaxconn', '-5', 'EINVAL', '4096', '"-5" (EINVAL): out of range; it holds "4096"'],
    ['net.core.somaxconn', '9'.repeat(9), 'ERANGE', '4096', '"999999999" (ERANGE): out of range; it holds "4096"'],
    ['net.core.somaxconn', '0', 'EOVERFLOW', '4096', '"0" (EOVERFLOW): out of range; it holds "4096"'],
    ['net.core.somaxconn', 'many', 'EINVAL', '4096', '"many" (EINVAL): it is not a number; it holds "4096"'],
    ['net.core.somaxconn', '', 'EINVAL', '4096', '"" (EINVAL): it is empty; it holds "4096"'],
    [
      'net.ipv4.tcp_rmem',
      'a b c',
      'EINVAL',
      '1\t2\t3',
      '"a b c" (EINVAL): it is not 3 numbers separated by blanks; it holds "1 2 3"',
    ],
    [
      'net.ipv4.ip_local_port_range',
      '9 1',
      'EINVAL',
      '1\t9',
      '"9 1" (EINVAL): the first number is the larger one; it holds "1 9"',
    ],
    ['net.core.default_qdisc', 'x', 'EINVAL', 'fq', '"x" (EINVAL): not a value it can have; it holds "fq"'],
    ['net.core.somaxconn', '1', 'EBUSY', '', '"1" (EBUSY)'],
    ['net.core.default_qdisc', 'x', 'ENOENT', 'fq', '"x" (ENOENT): it knows nothing of this name; it holds "fq"'],
    [
      'net.ipv4.tcp_congestion_control',
      'bbr',
      'ENOENT',
      'cubic',
      '"bbr" (ENOENT): it knows nothing of this name; a container may take reno, cubic; it holds "cubic"',
    ],
  ])('%s = %j: %s', (name, value, errno, current, reason) => {
    const host = {
      '/proc/sys/net/ipv4/tcp_available_congestion_control': 'reno cubic htcp\n',
      '/proc/sys/net/ipv4/tcp_allowed_congestion_control': 'reno cubic\n',
    }
    const os = createFakeOs({ netns: { host } })
    const key = parseSysctlKey(name)
    const error = new OsError(errno, 'write', key.path)
    expect(diagnoseWrite(os, key, value, error, current)).toBe(`the kernel refuses ${reason}`)
  })
})

test.each([
  ['net.core.somaxconn', ''],
  ['net.ipv4.conf.eth0.rp_filter', ''],
  ['net.ipv6.conf.eth0.accept_ra', '; an mtu below 1280 removes IPv6 from an interface'],
])('%s that was there at the first look and is gone at the write', (name, hint) => {
  const key = parseSysctlKey(name)
  expect(diagnoseWrite(createFakeOs({}), key, '1', new OsError('ENOENT', 'open', key.path), '0')).toBe(
    `went away while the plugin wrote (ENOENT)${hint}`,
  )
})

/** diagnoseWrite()'s reason for a refused value, with the given values of other sysctls. */
function refusalOf(name: string, value: string, errno: string, held: Readonly<Record<string, string>>): string {
  const files = Object.entries(held).map(([other, text]) => [parseSysctlKey(other).path, `${text}\n`])
  const key = parseSysctlKey(name)
  const os = createFakeOs({ netns: { host: Object.fromEntries(files) } })
  return diagnoseWrite(os, key, value, new OsError(errno, 'write', key.path), held[name] ?? '')
}

describe('a value that does not fit to that of another sysctl', () => {
  const PORTS = { 'net.ipv4.ip_unprivileged_port_start': '1024', 'net.ipv4.ip_local_port_range': '32768\t60999' }
  const FRAGMENTS = { 'net.ipv4.ipfrag_low_thresh': '3145728', 'net.ipv4.ipfrag_high_thresh': '4194304' }
  test.each([
    [
      'net.ipv4.ip_unprivileged_port_start',
      '40000',
      PORTS,
      'it is above net.ipv4.ip_local_port_range, which is "32768 60999"; change that first; it holds "1024"',
    ],
    ['net.ipv4.ip_unprivileged_port_start', '70000', PORTS, 'out of range; it holds "1024"'],
    ['net.ipv4.ip_unprivileged_port_start', '-1', PORTS, 'out of range; it holds "1024"'],
    [
      'net.ipv4.ip_local_port_range',
      '80 65535',
      PORTS,
      'it is below net.ipv4.ip_unprivileged_port_start, which is "1024"; change that first; it holds "32768 60999"',
    ],
    ['net.ipv4.ip_local_port_range', '1024 70000', PORTS, 'out of range; it holds "32768 60999"'],
    [
      'net.ipv4.ipfrag_low_thresh',
      '5000000',
      FRAGMENTS,
      'it is above net.ipv4.ipfrag_high_thresh, which is "4194304"; change that first; it holds "3145728"',
    ],
    [
      'net.ipv4.ipfrag_high_thresh',
      '1000',
      FRAGMENTS,
      'it is below net.ipv4.ipfrag_low_thresh, which is "3145728"; change that first; it holds "4194304"',
    ],
    [
      'net.ipv6.conf.eth0.mtu',
      '1000',
      { 'net.ipv6.conf.eth0.mtu': '1500' },
      'it must be from 1280 to the MTU of the interface; it holds "1500"',
    ],
    ['net.sctp.rto_min', '9', { 'net.sctp.rto_min': '1' }, 'out of range; it holds "1"'],
    [
      'net.sctp.rto_min',
      '9',
      { 'net.sctp.rto_min': '1', 'net.sctp.rto_max': '8' },
      'it is above net.sctp.rto_max, which is "8"; change that first; it holds "1"',
    ],
    [
      'net.sctp.ps_retrans',
      '1',
      { 'net.sctp.ps_retrans': '9', 'net.sctp.pf_retrans': '2' },
      'it is below net.sctp.pf_retrans, which is "2"; change that first; it holds "9"',
    ],
    [
      'net.ipv4.ip_unprivileged_port_start',
      '65535',
      PORTS,
      'it is above net.ipv4.ip_local_port_range, which is "32768 60999"; change that first; it holds "1024"',
    ],
    ['net.ipv4.ipfrag_low_thresh', '4194304', FRAGMENTS, 'out of range; it holds "3145728"'],
    ['net.ipv4.ipfrag_high_thresh', '3145728', FRAGMENTS, 'out of range; it holds "4194304"'],
    ['net.ipv4.conf.eth0.mtu', '1', { 'net.ipv4.conf.eth0.mtu': '2' }, 'out of range; it holds "2"'],
    ['net.net.ipv6.conf.eth0.mtu', '1', { 'net.net.ipv6.conf.eth0.mtu': '2' }, 'out of range; it holds "2"'],
    ['net.ipv6.conf.eth0.mtu6', '1', { 'net.ipv6.conf.eth0.mtu6': '2' }, 'out of range; it holds "2"'],
  ])('%s = %s', (name, value, held, reason) => {
    expect(refusalOf(name, value, 'EINVAL', held)).toBe(`the kernel refuses "${value}" (EINVAL): ${reason}`)
  })
})

describe('what a refused value is, by what the sysctl holds', () => {
  test.each([
    ['9  8  7', '1\t2\t3', 'out of range'],
    ['9', '4096 ', 'out of range'],
    ['0xff', '4096', 'out of range'],
    ['-5', '-1', 'out of range'],
    ['9 1 5', '1\t2\t3', 'out of range'],
    ['5 5', '1\t2', 'out of range'],
    ['5 4', '1  2', 'the first number is the larger one'],
    ['x1', '4096', 'it is not a number'],
    ['1x', '4096', 'it is not a number'],
    ['0xfg', '4096', 'it is not a number'],
    ['0x', '4096', 'it is not a number'],
    ['1 x', '1\t2', 'it is not 2 numbers separated by blanks'],
    ['1 2 3', '1\t2', 'not a value it can have'],
    ['1', '1x', 'not a value it can have'],
    ['1', 'x1', 'not a value it can have'],
    ['1 2', '1 x', 'not a value it can have'],
  ])('%j where it holds %j: %s', (value, held, reason) => {
    const shown = JSON.stringify(held.replaceAll('\t', ' '))
    expect(refusalOf('net.core.x', value, 'EINVAL', { 'net.core.x': held })).toBe(
      `the kernel refuses ${JSON.stringify(value)} (EINVAL): ${reason}; it holds ${shown}`,
    )
  })
})

describe('a congestion control', () => {
  const NAME = 'net.ipv4.tcp_congestion_control'
  const HELD = {
    [NAME]: 'cubic',
    'net.ipv4.tcp_available_congestion_control': 'reno cubic htcp',
    'net.ipv4.tcp_allowed_congestion_control': 'reno cubic',
  }

  test('that the node has loaded and not allowed: what the node must change', () => {
    expect(refusalOf(NAME, 'htcp', 'EPERM', HELD)).toBe(
      'the kernel refuses "htcp" (EPERM): the node has it, but does not let a container use it; ' +
        'add it to the node\'s net.ipv4.tcp_allowed_congestion_control; a container may take reno, cubic; it holds "cubic"',
    )
  })

  test('that is denied for another reason', () => {
    expect(refusalOf(NAME, 'reno', 'EACCES', { [NAME]: 'cubic' })).toMatch(/^may not be written by the plugin/)
    expect(refusalOf('net.core.somaxconn', '1', 'EPERM', {})).toMatch(/^may not be written by the plugin/)
    expect(refusalOf('net.core.default_qdisc', 'htcp', 'EPERM', HELD)).toMatch(/^may not be written by the plugin/)
  })

  test('that the node does not know, where the lists cannot be read', () => {
    expect(refusalOf(NAME, 'x', 'ENOENT', { [NAME]: 'cubic' })).toBe(
      'the kernel refuses "x" (ENOENT): it knows nothing of this name; it holds "cubic"',
    )
  })
})

test('a scheduler that there is not: those that there are', () => {
  const held = { 'net.mptcp.scheduler': 'default', 'net.mptcp.available_schedulers': 'default' }
  expect(refusalOf('net.mptcp.scheduler', 'x', 'ENOENT', held)).toBe(
    'the kernel refuses "x" (ENOENT): it knows nothing of this name; a container may take default; it holds "default"',
  )
})
