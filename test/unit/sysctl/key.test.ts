import { describe, expect, test } from 'vitest'
import {
  hasIfName,
  interfaceOf,
  ofDefault,
  ofNewInterface,
  parseSysctlKey,
  replaceIfName,
} from '../../../plugin/sysctl/key.ts'
import { problemsOf } from '../../helpers/errors.ts'

const NO_NAME = 'a name is like net.core.somaxconn, or net/ipv4/conf/eth0.100/rp_filter where a segment has a dot'

describe('a name becomes a canonical key and a path', () => {
  test.each([
    ['net.core.somaxconn', 'net.core.somaxconn', '/proc/sys/net/core/somaxconn'],
    ['net/core/somaxconn', 'net.core.somaxconn', '/proc/sys/net/core/somaxconn'],
    [
      'net/ipv4/conf/eth0.100/rp_filter',
      'net.ipv4.conf.eth0/100.rp_filter',
      '/proc/sys/net/ipv4/conf/eth0.100/rp_filter',
    ],
    [
      'net.ipv4.conf.eth0/100.rp_filter',
      'net.ipv4.conf.eth0/100.rp_filter',
      '/proc/sys/net/ipv4/conf/eth0.100/rp_filter',
    ],
    ['net.ipv4.conf.IFNAME.rp_filter', 'net.ipv4.conf.IFNAME.rp_filter', '/proc/sys/net/ipv4/conf/IFNAME/rp_filter'],
    ['net.unix.__proto__', 'net.unix.__proto__', '/proc/sys/net/unix/__proto__'],
    ['net/.hidden/x', 'net./hidden.x', '/proc/sys/net/.hidden/x'],
    ['net/.../x', 'net.///.x', '/proc/sys/net/.../x'],
  ])('%s', (text, canonical, path) => {
    const key = parseSysctlKey(text)
    expect({ canonical: key.canonical, path: key.path }).toEqual({ canonical, path })
  })
})

describe('what is not the name of a sysctl is refused', () => {
  test.each([
    ['', 'is empty'],
    ['.', 'is empty'],
    ['///', 'is empty'],
    ['net.', 'has an empty segment'],
    ['net/', 'has an empty segment'],
    ['.net.core.somaxconn', 'has an empty segment'],
    ['/net/core/somaxconn', 'has an empty segment'],
    ['/proc/sys/net/core/somaxconn', 'has an empty segment'],
    ['net..core', 'has an empty segment'],
    ['net//core', 'has an empty segment'],
    ['net/../kernel/hostname', 'has a segment "." or ".."'],
    ['net.//.kernel.hostname', 'has a segment "." or ".."'],
    ['net/./core', 'has a segment "." or ".."'],
    ['net./.core', 'has a segment "." or ".."'],
    ['../etc/passwd', 'has an empty segment'],
    ['net.core.a\0b', 'has a control character'],
    ['net.core.a\nb', 'has a control character'],
    ['net.core.a\u007f', 'has a control character'],
    ['net.core.a\u0085', 'has a control character'],
  ])('%j', (text, reason) => {
    expect(problemsOf(() => parseSysctlKey(text))).toEqual([
      { code: 7, msg: `${JSON.stringify(text)} is not the name of a sysctl: it ${reason}`, details: NO_NAME },
    ])
  })
})

test('a name of 512 characters is one, a longer one is none', () => {
  const named = (separator: string, length: number) => `net${separator}`.padEnd(length, 'x')
  for (const separator of ['.', '/']) {
    expect(parseSysctlKey(named(separator, 512)).canonical).toBe(named('.', 512))
    expect(problemsOf(() => parseSysctlKey(named(separator, 513)))).toEqual([
      {
        code: 7,
        msg: `${JSON.stringify(named(separator, 80))} is not the name of a sysctl: it is longer than 512 characters`,
        details: NO_NAME,
      },
    ])
  }
})

describe('a sysctl of another namespace than the network is refused, with where it can be set', () => {
  const ipc = "belongs to the IPC namespace; set it in the pod's securityContext.sysctls or by the runtime's --sysctl"
  const uts = "belongs to the UTS namespace; set the pod's hostname instead"
  const node = 'belongs to the whole node; set it there, in /etc/sysctl.d'
  test.each([
    ['kernel.shmmax', ipc],
    ['kernel.shm_rmid_forced', ipc],
    ['kernel/msgmax', ipc],
    ['kernel.sem', ipc],
    ['fs.mqueue.msg_max', ipc],
    ['kernel.hostname', uts],
    ['kernel.domainname', uts],
    ['kernel.pid_max', node],
    ['vm.swappiness', node],
    ['fs.file-max', node],
    ['user.max_user_namespaces', node],
    ['abi.vsyscall32', node],
    ['crypto.fips_enabled', node],
    ['debug.exception-trace', node],
    ['dev.raid.speed_limit_max', node],
    ['sunrpc.tcp_slot_table_entries', node],
    ['xen.independent_wallclock', node],
    ['vm.kernel.shmmax', node],
    ['vm.fs.mqueue.x', node],
    ['vm.kernel.hostname', node],
    ['kernel.hostnames', node],
  ])('%s', (text, reason) => {
    expect(problemsOf(() => parseSysctlKey(text))).toEqual([{ code: 101, msg: `${text}: ${reason}` }])
  })

  test.each(['somaxconn', 'Net.core.somaxconn', 'network.core', '__proto__', 'constructor', '-net.core.somaxconn'])(
    '%s is not in any tree of /proc/sys',
    (text) => {
      expect(problemsOf(() => parseSysctlKey(text))).toEqual([
        {
          code: 7,
          msg: `${text}: is not a sysctl of a network namespace`,
          details: 'the names of those start with "net."',
        },
      ])
    },
  )

  test('net alone is a directory', () => {
    expect(problemsOf(() => parseSysctlKey('net'))).toEqual([
      { code: 101, msg: 'net: is a directory of sysctls, not a sysctl' },
    ])
  })
})

describe('IFNAME is replaced', () => {
  test.each([
    ['net.ipv4.conf.IFNAME.rp_filter', 'eth0', 'net.ipv4.conf.eth0.rp_filter'],
    ['net/ipv4/conf/IFNAME/rp_filter', 'eth0', 'net.ipv4.conf.eth0.rp_filter'],
    ['net.IFNAME.conf.IFNAME', 'eth0', 'net.eth0.conf.eth0'],
    ['net.ipv4.conf.IFNAME.rp_filter', 'eth0.100', 'net.ipv4.conf.eth0/100.rp_filter'],
    ['net.ipv4.conf.IFNAME.rp_filter', 'IFNAME', 'net.ipv4.conf.IFNAME.rp_filter'],
    ['net.ipv4.conf.IFNAME2.rp_filter', 'eth0', 'net.ipv4.conf.IFNAME2.rp_filter'],
    ['net.ipv4.conf.myIFNAME.rp_filter', 'eth0', 'net.ipv4.conf.myIFNAME.rp_filter'],
    ['net.ipv4.conf.ifname.rp_filter', 'eth0', 'net.ipv4.conf.ifname.rp_filter'],
    ['net/ipv4/conf/IFNAME.100/rp_filter', 'eth0', 'net.ipv4.conf.IFNAME/100.rp_filter'],
  ])('%s for %s is %s', (text, ifName, canonical) => {
    const key = replaceIfName(parseSysctlKey(text), ifName)
    expect(key).toEqual(parseSysctlKey(canonical))
  })

  test.each(['all', 'default'])('not by %s, which would reach every interface', (ifName) => {
    expect(problemsOf(() => replaceIfName(parseSysctlKey('net.ipv4.conf.IFNAME.rp_filter'), ifName))).toEqual([
      {
        code: 4,
        msg: `net.ipv4.conf.IFNAME.rp_filter: CNI_IFNAME "${ifName}" would set it for all interfaces`,
        details:
          'name the interface otherwise, or write net.ipv4.conf.all or net.ipv4.conf.default in the configuration',
      },
    ])
  })

  test('an interface called all is no matter to a key in which IFNAME is a part of a name only', () => {
    const key = parseSysctlKey('net.ipv4.conf.IFNAME2.rp_filter')
    expect(replaceIfName(key, 'all')).toBe(key)
  })

  test('an interface called all is no matter to a key without IFNAME', () => {
    const key = parseSysctlKey('net.core.somaxconn')
    expect(hasIfName(key)).toBe(false)
    expect(replaceIfName(key, 'all')).toBe(key)
  })
})

test.each([
  ['net.ipv4.conf.eth0.rp_filter', 'eth0'],
  ['net.ipv6.neigh.eth0/100.retrans_time_ms', 'eth0.100'],
  ['net.ipv4.conf.all.rp_filter', undefined],
  ['net.ipv4.conf.default.rp_filter', undefined],
  ['net.ipv4.conf.eth0', undefined],
  ['net.core.somaxconn', undefined],
  ['net.ipv4.route.eth0.flush', undefined],
])('the interface of %s is %s', (text, ifName) => {
  expect(interfaceOf(parseSysctlKey(text))).toBe(ifName)
})

test.each([
  ['net.ipv4.conf.IFNAME.rp_filter', 'net.ipv4.conf.default.rp_filter', 'net.ipv4.conf.default.rp_filter'],
  ['net.ipv6.conf.eth0.accept_ra', 'net.ipv6.conf.eth0.accept_ra', 'net.ipv6.conf.default.accept_ra'],
  ['net.ipv6.conf.eth0/100.accept_ra', 'net.ipv6.conf.eth0/100.accept_ra', 'net.ipv6.conf.default.accept_ra'],
  ['net.ipv4.neigh.IFNAME.locktime', 'net.ipv4.neigh.default.locktime', 'net.ipv4.neigh.lo.locktime'],
  ['net.ipv4.neigh.eth0.locktime', 'net.ipv4.neigh.eth0.locktime', 'net.ipv4.neigh.lo.locktime'],
  ['net.ipv4.conf.lo.rp_filter', 'net.ipv4.conf.lo.rp_filter', 'net.ipv4.conf.lo.rp_filter'],
  ['net.ipv4.conf.all.rp_filter', 'net.ipv4.conf.all.rp_filter', 'net.ipv4.conf.all.rp_filter'],
  ['net.core.somaxconn', 'net.core.somaxconn', 'net.core.somaxconn'],
  ['net.IFNAME.x', 'net.default.x', 'net.default.x'],
])('%s starts as %s, and an interface as %s', (text, ofAll, ofNew) => {
  const key = parseSysctlKey(text)
  expect([ofDefault(key).canonical, ofNewInterface(key).canonical]).toEqual([ofAll, ofNew])
})
