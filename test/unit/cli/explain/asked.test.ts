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

describe('names that are none end it with 1, and the others are told all the same', () => {
  test.each([
    ['net.core.somaxcon', 'does not exist on Linux 6.18.44; did you mean net.core.somaxconn?'],
    ['somaxconn', 'is not a sysctl of a network namespace; did you mean net.core.somaxconn?'],
    ['nosuch', 'is not a sysctl of a network namespace'],
    ['net..x', '"net..x" is not the name of a sysctl: it has an empty segment'],
    [
      'net.core',
      'is a directory of sysctls, not a sysctl; in it is net.core.somaxconn, net.core.rmem_max, net.core.netdev_max_backlog',
    ],
    ['net.core.x*', 'matches no sysctl of the host; "*" and "?" do not cross a dot'],
    ['net*', 'must start with "net."'],
    ['net.core.[a]*', 'may have only "*" and "?" as wildcards'],
    ['net.ipv4.conf.net1.nosuch', 'there is no interface net1 here; there are lo, eth0'],
    ['net.ipv4.conf.IFNAME.rp_filtre', 'does not exist on Linux 6.18.44; did you mean net.ipv4.conf.IFNAME.rp_filter?'],
  ])('%s', (name, remark) => {
    const { exitCode, sysctls } = explain([name, 'net.core.somaxconn'])
    expect(exitCode).toBe(1)
    expect(sysctls).toEqual([
      { key: name, exists: false, host: null, newNetns: null, followsHost: null, settable: false, remark },
      { ...SOMAXCONN, host: '4096' },
    ])
  })
})

describe('sysctls of other namespaces are no error', () => {
  test.each([
    [
      'kernel.shmmax',
      "belongs to the IPC namespace; set it in the pod's securityContext.sysctls or by the runtime's --sysctl",
    ],
    ['kernel.hostname', "belongs to the UTS namespace; set the pod's hostname instead"],
    ['vm.swappiness', 'belongs to the whole node; set it there, in /etc/sysctl.d'],
  ])('%s', (name, remark) => {
    const { exitCode, sysctls } = explain([name])
    expect(exitCode).toBe(0)
    expect(sysctls).toEqual([
      { key: name, exists: null, host: null, newNetns: null, followsHost: null, settable: false, remark },
    ])
  })
})

describe('globs and other spellings', () => {
  test.each([
    ['net.core.*', ['net.core.netdev_max_backlog', 'net.core.rmem_max', 'net.core.somaxconn']],
    ['net.ipv4.conf.*.rp_filter', ['all', 'default', 'eth0', 'lo'].map((name) => `net.ipv4.conf.${name}.rp_filter`)],
    ['net.ipv4.conf.IFNAME.*', ['net.ipv4.conf.IFNAME.rp_filter']],
    ['net/core/somaxconn', ['net.core.somaxconn']],
    ['/proc/sys/net/core/somaxconn', ['net.core.somaxconn']],
    ['/proc/sys/net/core/somaxcon', ['net.core.somaxcon']],
  ])('%s', (text, keys) => {
    expect(explain([text]).sysctls.map(({ key }) => key)).toEqual(keys)
  })
})
