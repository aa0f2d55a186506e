import { describe, expect, test } from 'vitest'
import type { Setting } from '../../../plugin/config/conf.ts'
import { planWrites } from '../../../plugin/sysctl/plan.ts'
import { problemsOf } from '../../helpers/errors.ts'

/** Settings from short words: `args:` before a name that `args.cni` wants. */
function settings(values: Readonly<Record<string, string | number | boolean>>): Setting[] {
  return Object.entries(values).map(([name, value]) =>
    name.startsWith('args:') ? { name: name.slice(5), value, origin: 'args' } : { name, value, origin: 'network' },
  )
}

function plan(values: Readonly<Record<string, string | number | boolean>>, ifName = 'eth0', patterns?: RegExp[]) {
  const allowlist = patterns && { path: '/etc/cni/tuning/allowlist.conf', patterns }
  return planWrites(settings(values), ifName, allowlist).map(({ key, value, origin, mayFail }) => ({
    key: key.canonical,
    value,
    origin,
    mayFail,
  }))
}

describe('the plan', () => {
  test('has the writes in the order of the settings', () => {
    const names = ['net.ipv4.ip_forward', 'net.core.somaxconn', 'net.ipv4.conf.all.rp_filter', 'net.a.z', 'net.a.b']
    expect(plan(Object.fromEntries(names.map((name) => [name, 1]))).map(({ key }) => key)).toEqual(names)
  })

  test('says of each write what it is', () => {
    expect(
      plan({ '-net.ipv4.conf.IFNAME.rp_filter': 2, 'net/core/somaxconn': ' 4096 ', 'args:net.a.b': true }),
    ).toEqual([
      { key: 'net.ipv4.conf.eth0.rp_filter', value: '2', origin: 'network', mayFail: true },
      { key: 'net.core.somaxconn', value: '4096', origin: 'network', mayFail: false },
      { key: 'net.a.b', value: '1', origin: 'args', mayFail: false },
    ])
  })

  test('takes the value of args.cni instead of the network, at the place that the network gave it', () => {
    expect(plan({ 'net.a.x': 1, 'net.a.y': 1, 'args:net.a.z': 2, 'args:net/a/x': 2 })).toEqual([
      { key: 'net.a.x', value: '2', origin: 'args', mayFail: false },
      { key: 'net.a.y', value: '1', origin: 'network', mayFail: false },
      { key: 'net.a.z', value: '2', origin: 'args', mayFail: false },
    ])
  })

  test('is empty where nothing is wanted', () => {
    expect(plan({})).toEqual([])
  })
})

describe('two spellings of one sysctl are refused', () => {
  test.each([
    ['net.core.somaxconn', 'net/core/somaxconn', 'net.core.somaxconn'],
    ['net.core.somaxconn', '-net.core.somaxconn', 'net.core.somaxconn'],
    ['net.ipv4.conf.IFNAME.rp_filter', 'net.ipv4.conf.eth0.rp_filter', 'net.ipv4.conf.eth0.rp_filter'],
    ['net.ipv4.conf.a/b.rp_filter', 'net/ipv4/conf/a.b/rp_filter', 'net.ipv4.conf.a/b.rp_filter'],
  ])('%s and %s', (first, second, key) => {
    const problem = { code: 7, msg: `${key} is set twice, as ${first} and as ${second}`, details: 'leave one of them' }
    expect(problemsOf(() => plan({ [first]: 1, [second]: 1 }))).toEqual([problem])
    expect(problemsOf(() => plan({ [`args:${first}`]: 1, [`args:${second}`]: 1 }))).toEqual([problem])
  })
})

test('every problem is reported, in the order of the settings', () => {
  const values = {
    'kernel.shmmax': 1,
    'net.core.somaxconn': 'a\nb',
    'net.core.rmem_max': 1,
    'net..core': 1,
    'net.ipv4.conf.IFNAME.rp_filter': 1,
    'args:net/core/wmem_max': 1,
  }
  const problems = problemsOf(() => plan(values, 'all', [/somaxconn|IFNAME/]))
  expect(problems.map(({ code, msg }) => `${code} ${msg}`)).toEqual([
    "101 kernel.shmmax: belongs to the IPC namespace; set it in the pod's securityContext.sysctls or by the runtime's --sysctl",
    '2 net.core.somaxconn: the value "a\\nb" has a line break or a NUL',
    '100 net.core.rmem_max: is not allowed on this node by /etc/cni/tuning/allowlist.conf',
    '7 "net..core" is no name of a sysctl: it has an empty segment',
    '4 net.ipv4.conf.IFNAME.rp_filter: CNI_IFNAME "all" would set it for all interfaces',
    '100 net.core.wmem_max: is not allowed on this node by /etc/cni/tuning/allowlist.conf',
  ])
})

test('a name with - is checked as strictly as one without', () => {
  expect(
    problemsOf(() => plan({ '-net..core': 1, '-vm.swappiness': 1, '-': 1, '--net.a.b': 1 })).map(({ code }) => code),
  ).toEqual([7, 101, 7, 7])
})

describe('the allowlist', () => {
  test('is tried with IFNAME unreplaced', () => {
    const patterns = [/^net\.ipv4\.conf\.IFNAME\.rp_filter$/]
    expect(plan({ 'net.ipv4.conf.IFNAME.rp_filter': 1 }, 'eth0', patterns)).toHaveLength(1)
    expect(problemsOf(() => plan({ 'net.ipv4.conf.eth0.rp_filter': 1 }, 'eth0', patterns))).toEqual([
      {
        code: 100,
        msg: 'net.ipv4.conf.eth0.rp_filter: is not allowed on this node by /etc/cni/tuning/allowlist.conf',
        details: '/etc/cni/tuning/allowlist.conf allows ^net\\.ipv4\\.conf\\.IFNAME\\.rp_filter$',
      },
    ])
  })

  test('is tried on the canonical key, however it is spelled', () => {
    expect(plan({ 'net/core/somaxconn': 1 }, 'eth0', [/^net\.core\.somaxconn$/])).toHaveLength(1)
  })

  test('holds for args.cni too', () => {
    expect(problemsOf(() => plan({ 'args:net.core.somaxconn': 1 }, 'eth0', [/^net\.ipv4\./]))[0]?.code).toBe(100)
  })
})
