import { describe, expect, test } from 'vitest'
import { mergePlans, planLink, planSettings } from '../../../plugin/plan/plan.ts'
import { parseKeyGlob } from '../../../plugin/policy/glob.ts'
import { parsePattern } from '../../../plugin/policy/pattern.ts'
import { problemsOf } from '../../helpers/errors.ts'
import { SCOPE, toSettings } from '../../helpers/settings.ts'

function plan(values: Readonly<Record<string, string | number | boolean>>, ifName = 'eth0', patterns?: RegExp[]) {
  const allowlist = patterns && {
    path: '/etc/cni/tuning/allowlist.conf',
    patterns: patterns.map(({ source }) => parsePattern(source)),
  }
  const writes = planSettings(toSettings(values), { ...SCOPE, ifName, allowlist })
  return writes.map(({ subject, value, origin, onFailure }) => ({ key: subject.name, value, origin, onFailure }))
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
      { key: 'net.ipv4.conf.eth0.rp_filter', value: '2', origin: 'network', onFailure: 'log' },
      { key: 'net.core.somaxconn', value: '4096', origin: 'network', onFailure: 'fail' },
      { key: 'net.a.b', value: '1', origin: 'args', onFailure: 'fail' },
    ])
  })

  test('takes the value of args.cni instead of the network, at the place that the network gave it', () => {
    expect(plan({ 'net.a.x': 1, 'net.a.y': 1, 'args:net.a.z': 2, 'args:net/a/x': 2 })).toEqual([
      { key: 'net.a.x', value: '2', origin: 'args', onFailure: 'fail' },
      { key: 'net.a.y', value: '1', origin: 'network', onFailure: 'fail' },
      { key: 'net.a.z', value: '2', origin: 'args', onFailure: 'fail' },
    ])
  })

  test('is empty if nothing is wanted', () => {
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
    '7 "net..core" is not the name of a sysctl: it has an empty segment',
    '4 net.ipv4.conf.IFNAME.rp_filter: CNI_IFNAME "all" would set it for all interfaces',
    '100 net.core.wmem_max: is not allowed on this node by /etc/cni/tuning/allowlist.conf',
  ])
})

test('IFNAME in an entry that runs first is refused, and what to write instead is told', () => {
  const values = { 'net.ipv4.conf.IFNAME.rp_filter': 1 }
  expect(problemsOf(() => planSettings(toSettings(values), { ...SCOPE, first: true }))).toEqual([
    {
      code: 7,
      msg: 'net.ipv4.conf.IFNAME.rp_filter: with "first" there is no interface yet',
      details:
        'write net.ipv4.conf.default.rp_filter, which the interface starts with, or put it behind the network plugin',
    },
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

describe('what pods may set', () => {
  const allow = ['net.core.somaxconn', 'net.ipv4.conf.IFNAME.*'].map(parseKeyGlob)
  const scope = { ...SCOPE, pod: { allow, profiles: [], annotation: 'a/b' }, podName: 'pod default/web-0' }
  const keysOf = (values: Readonly<Record<string, string | number>>, more = {}) =>
    planSettings(toSettings(values), { ...scope, ...more }).map(({ subject, origin }) => `${origin} ${subject.name}`)

  test('does not bind the network', () => {
    expect(keysOf({ 'net.ipv4.ip_forward': 1 })).toEqual(['network net.ipv4.ip_forward'])
  })

  test('binds args.cni and the annotation, IFNAME unreplaced', () => {
    expect(keysOf({ 'args:net.core.somaxconn': 1, '-net.a.b': 1, 'pod:-net.ipv4.conf.IFNAME.rp_filter': 1 })).toEqual([
      'args net.core.somaxconn',
      'network net.a.b',
      'annotation net.ipv4.conf.eth0.rp_filter',
    ])
    const refused = "may not set it; this network's pods may set net.core.somaxconn, net.ipv4.conf.IFNAME.*"
    const values = { 'args:net.ipv4.ip_forward': 1, 'pod:-net.ipv4.conf.eth0.rp_filter': 1 }
    expect(problemsOf(() => keysOf(values)).map(({ code, msg }) => `${code} ${msg}`)).toEqual([
      `100 net.ipv4.ip_forward: pod default/web-0 ${refused}`,
      `100 net.ipv4.conf.eth0.rp_filter: pod default/web-0 ${refused}`,
    ])
  })

  test('is not asked where the network has no pod', () => {
    expect(keysOf({ 'args:net.ipv4.ip_forward': 1 }, { pod: undefined })).toEqual(['args net.ipv4.ip_forward'])
  })

  test('comes before the allowlist of the node, which binds too', () => {
    const allowlist = { path: '/etc/x', patterns: [parsePattern('IFNAME')] }
    const values = { 'pod:net.ipv4.ip_forward': 1, 'pod:net.core.somaxconn': 1, 'pod:net.ipv4.conf.IFNAME.x': 1 }
    expect(problemsOf(() => keysOf(values, { allowlist })).map(({ msg }) => msg.split('; ')[0])).toEqual([
      'net.ipv4.ip_forward: pod default/web-0 may not set it',
      'net.core.somaxconn: is not allowed on this node by /etc/x',
    ])
  })

  test('wins over what the network sets, the annotation over args.cni', () => {
    const values = { 'net.core.somaxconn': 1, 'net.a.b': 1, 'args:net.core.somaxconn': 2, 'pod:net/core/somaxconn': 3 }
    expect(planSettings(toSettings(values), scope).map(({ value, origin }) => [value, origin])).toEqual([
      ['3', 'annotation'],
      ['1', 'network'],
    ])
  })

  test.each(['all', 'default'])('is not all interfaces where CNI_IFNAME is %s', (ifName) => {
    expect(problemsOf(() => keysOf({ 'pod:net.ipv4.conf.IFNAME.rp_filter': 1 }, { ifName }))[0]?.code).toBe(4)
  })

  test('has no sysctl twice in one annotation', () => {
    expect(problemsOf(() => keysOf({ 'pod:net.core.somaxconn': 1, 'pod:net/core/somaxconn': 2 }))).toMatchObject([
      { code: 7, msg: 'net.core.somaxconn is set twice, as net.core.somaxconn and as net/core/somaxconn' },
    ])
  })
})

describe('the attributes of the interface', () => {
  test('are set in an order of their own, only those that are configured', () => {
    const settings = { txQLen: '5', promisc: '0', mac: '0a:00:00:00:00:01' }
    expect(planLink(settings, 'eth0').map(({ subject, ...write }) => ({ name: subject.name, ...write }))).toEqual([
      { name: 'mac of eth0', value: '0a:00:00:00:00:01', origin: 'network', onFailure: 'fail' },
      { name: 'promisc of eth0', value: '0', origin: 'network', onFailure: 'fail' },
      { name: 'txQLen of eth0', value: '5', origin: 'network', onFailure: 'fail' },
    ])
    expect(planLink({}, 'eth0')).toEqual([])
  })

  test('come before what is inherited, and that before the settings, which win over it', () => {
    const writesOf = (...names: string[]) =>
      planSettings(
        names.map((name) => ({ name, value: 1, origin: 'network' })),
        SCOPE,
      )
    const merged = mergePlans(
      planLink({ mtu: '1400' }, 'eth0'),
      writesOf('net.a.x', 'net.a.y'),
      writesOf('net.a.z', 'net.a.x'),
    )
    expect(merged.map(({ subject }) => subject.name)).toEqual(['mtu of eth0', 'net.a.y', 'net.a.z', 'net.a.x'])
  })
})
