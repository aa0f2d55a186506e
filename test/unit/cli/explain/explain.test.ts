import { describe, expect, test } from 'vitest'
import { type Machine, typed } from '../../../helpers/cli.ts'

interface Sysctl {
  readonly key: string
  readonly [member: string]: unknown
}

const explain = (names: readonly string[], machine?: Machine) => {
  const { exitCode, stdout, stderr } = typed(['explain', ...names, '--json'], machine)
  expect(stderr).toBe('')
  return { exitCode, ...(JSON.parse(stdout) as { release: string; sysctls: readonly Sysctl[] }) }
}

const SOMAXCONN = {
  key: 'net.core.somaxconn',
  exists: true,
  host: '16384',
  newNetns: '4096',
  followsHost: false,
  settable: true,
  remark: "starts with the kernel's own value",
}

test('the mysterious somaxconn: a table tells it', () => {
  const { exitCode, stdout } = typed(['explain', 'net.core.somaxconn', 'net.ipv4.ip_local_port_range'], {
    host: { '/proc/sys/net/core/somaxconn': '16384\n' },
  })
  expect(exitCode).toBe(0)
  expect(stdout).toBe(`Linux 6.18.44

SYSCTL                        HOST         NEW NETNS    CAN BE SET
net.core.somaxconn            16384        4096         yes         starts with the kernel's own value
net.ipv4.ip_local_port_range  32768 60999  32768 60999  yes         starts with the kernel's own value
`)
})

test('on a terminal, the values that differ stand out', () => {
  const machine = { host: { '/proc/sys/net/core/somaxconn': '16384\n' }, isTerminal: true }
  const { stdout } = typed(['explain', 'net.core.somaxconn', 'net.ipv4.ip_forward'], machine)
  expect(stdout).toContain('\u001b[33m4096\u001b[0m')
  expect(stdout.split('\u001b[33m')).toHaveLength(2)
  expect(stdout).toContain('\u001b[1mSYSCTL\u001b[0m')
})

test('--json has the same for programs, values as the kernel writes them', () => {
  const host = { '/proc/sys/net/core/somaxconn': '16384\n' }
  expect(explain(['net.core.somaxconn', 'net.ipv4.ip_local_port_range'], { host })).toEqual({
    exitCode: 0,
    release: '6.18.44',
    sysctls: [
      SOMAXCONN,
      { ...SOMAXCONN, key: 'net.ipv4.ip_local_port_range', host: '32768\t60999', newNetns: '32768\t60999' },
    ],
  })
})

describe('a sysctl', () => {
  const remarks = (name: string, machine?: Machine) => {
    const { sysctls } = explain([name], machine)
    return sysctls.map(({ host, newNetns, followsHost, settable, remark }) => [
      host,
      newNetns,
      followsHost,
      settable,
      remark,
    ])
  }

  test.each<[string, string, unknown[]]>([
    [
      'of the whole node',
      'net.core.netdev_max_backlog',
      ['1000', null, null, false, 'of the whole node: set it there'],
    ],
    [
      'that is read-only in a netns',
      'net.core.rmem_max',
      ['212992', '212992', true, false, "read-only in a container: the node's value counts"],
    ],
    [
      'that follows the host',
      'net.ipv4.conf.all.rp_filter',
      ['0', '0', true, true, 'starts with the value of the host'],
    ],
    ['that is a trigger', 'net.ipv4.route.flush', [null, null, false, true, 'can be set, not inherited']],
    ['of IFNAME', 'net.ipv4.conf.IFNAME.rp_filter', ['0', '0', true, true, 'starts with the value of the host']],
    [
      'of an interface of the host',
      'net.ipv4.conf.eth0.rp_filter',
      ['0', '0', true, true, 'in a container write net.ipv4.conf.IFNAME.rp_filter; starts with the value of the host'],
    ],
    [
      'of an interface that the host has not',
      'net.ipv4.conf.net1.rp_filter',
      [null, '0', true, true, 'in a container write net.ipv4.conf.IFNAME.rp_filter; starts with the value of the host'],
    ],
    [
      'of lo',
      'net.ipv4.conf.lo.rp_filter',
      ['0', '0', false, true, "starts with the host's net.ipv4.conf.default.rp_filter"],
    ],
  ])('%s', (_, name, expected) => {
    expect(remarks(name)).toEqual([expected])
  })

  test('that a new interface has, has the value of default', () => {
    const host = { '/proc/sys/net/ipv4/conf/default/rp_filter': '1\n', '/proc/sys/net/ipv4/conf/eth0/rp_filter': '2\n' }
    const fresh = { '/proc/sys/net/ipv4/conf/default/rp_filter': '1\n' }
    expect(remarks('net.ipv4.conf.IFNAME.rp_filter', { host, fresh })[0]?.slice(0, 2)).toEqual(['1', '1'])
    expect(remarks('net.ipv4.conf.eth0.rp_filter', { host, fresh })[0]?.slice(0, 2)).toEqual(['2', '1'])
  })

  test.each([
    ['0\n', true, false],
    ['1\n', true, true],
    ['2\n', false, false],
  ])('of a conf tree follows by net.core.devconf_inherit_init_net = %j', (text, ipv4, ipv6) => {
    const host = { '/proc/sys/net/core/devconf_inherit_init_net': text }
    const { sysctls } = explain(['net.ipv4.conf.all.rp_filter', 'net.ipv6.conf.all.disable_ipv6'], { host })
    expect(sysctls.map(({ followsHost }) => followsHost)).toEqual([ipv4, ipv6])
  })
})

describe('for others than root', () => {
  test('it tells what it can, and what it cannot', () => {
    const { exitCode, stdout } = typed(['explain', 'net.core.somaxconn', 'net.core.nosuch'], { fresh: null })
    expect({ exitCode, stdout }).toEqual({
      exitCode: 1,
      stdout: `Linux 6.18.44

SYSCTL              HOST  NEW NETNS  CAN BE SET
net.core.somaxconn  4096  -          ?           starts with the kernel's own value
net.core.nosuch     -     -          no          does not exist on Linux 6.18.44

No network namespace could be made to look at: run it as root to see what a container gets.
`,
    })
  })

  test('--json has null for what was not looked at', () => {
    expect(explain(['net.core.somaxconn'], { fresh: null }).sysctls).toEqual([
      { ...SOMAXCONN, host: '4096', newNetns: null, settable: null },
    ])
  })
})

test('without a name it tells those that people ask about, and one that is missing is not a finding', () => {
  const { exitCode, sysctls } = explain([])
  expect(exitCode).toBe(0)
  expect(sysctls.map(({ key }) => key)).toEqual(
    expect.arrayContaining(['net.core.somaxconn', 'net.ipv4.ip_local_port_range', 'net.netfilter.nf_conntrack_max']),
  )
})

test('it writes nothing', () => {
  expect(typed(['explain']).os.writes).toEqual([])
})
