import { describe, expect, test } from 'vitest'
import { type Asked, ask, CONTAINER } from '../../helpers/requests.ts'

const SYS = '/proc/sys/net'
const ANNOTATIONS = 'io.kubernetes.cri.pod-annotations'

const CONF = {
  sysctl: { 'net.core.somaxconn': 100 },
  profiles: {
    web: { sysctl: { 'net.core.somaxconn': 200, 'net.ipv4.tcp_keepalive_time': 20 } },
    bulk: { sysctl: { 'net.core.somaxconn': 300 } },
    secret: { sysctl: { 'net.ipv4.ip_forward': 1 } },
  },
  namespaces: {
    'ingress-*': { profile: 'web' },
    'team-a': { profile: 'bulk', pod: { allow: ['net.ipv4.tcp_*'] } },
    'team-?': { pod: { profiles: ['bulk'] } },
  },
  pod: { allow: ['net.core.somaxconn'], profiles: ['web'] },
}

interface Pod {
  readonly namespace?: string
  readonly profile?: unknown
  readonly sysctls?: string
  readonly args?: Readonly<Record<string, unknown>>
}

/** ADD for a pod; returns what it has written in the container. */
function add(
  { namespace, profile, sysctls, args }: Pod,
  conf: Readonly<Record<string, unknown>> = {},
  asked: Asked = {},
) {
  const annotations = {
    ...(profile !== undefined && { 'netns-sysctl/profile': profile }),
    ...(sysctls !== undefined && { 'netns-sysctl/sysctls': sysctls }),
  }
  const env = { CNI_ARGS: `K8S_POD_NAME=p;K8S_POD_NAMESPACE=${namespace ?? ''}`, ...asked.env }
  const runtimeConfig = { [ANNOTATIONS]: annotations }
  const sent = { ...CONF, runtimeConfig, ...(args && { args: { cni: { sysctl: args } } }), ...conf }
  const answered = ask('ADD', { ...asked, env, conf: sent })
  const prefix = `${CONTAINER} ${SYS}/`
  const lines = answered.os.writes.filter((line) => line.startsWith(prefix))
  return { ...answered, conf: sent, env, writes: lines.map((line) => line.slice(prefix.length)) }
}

describe('what a pod gets', () => {
  test.each([
    ['that of the network, without a namespace', {}, ['core/somaxconn 100']],
    ['that of the network, in a namespace that nothing matches', { namespace: 'default' }, ['core/somaxconn 100']],
    ['the profile of its namespace', { namespace: 'ingress-1' }, ['core/somaxconn 200', 'ipv4/tcp_keepalive_time 20']],
    ['that of the first that matches', { namespace: 'team-a' }, ['core/somaxconn 300']],
    ['the profile that it has chosen', { profile: 'web' }, ['core/somaxconn 200', 'ipv4/tcp_keepalive_time 20']],
    [
      'one with a line break behind its name',
      { profile: ' web\n' },
      ['core/somaxconn 200', 'ipv4/tcp_keepalive_time 20'],
    ],
    [
      'its own, over that of its namespace',
      { namespace: 'team-a', profile: 'web' },
      ['core/somaxconn 200', 'ipv4/tcp_keepalive_time 20'],
    ],
    ['one that only its namespace allows', { namespace: 'team-b', profile: 'bulk' }, ['core/somaxconn 300']],
    [
      'args.cni over profiles',
      { profile: 'web', args: { 'net.core.somaxconn': 4 } },
      ['core/somaxconn 4', 'ipv4/tcp_keepalive_time 20'],
    ],
    [
      'its annotation over all',
      { profile: 'web', args: { 'net.core.somaxconn': 4 }, sysctls: 'net.core.somaxconn=5' },
      ['core/somaxconn 5', 'ipv4/tcp_keepalive_time 20'],
    ],
    [
      'what its namespace allows beside',
      { namespace: 'team-a', sysctls: 'net.ipv4.tcp_keepalive_time=9\nnet.core.somaxconn=9' },
      ['core/somaxconn 9', 'ipv4/tcp_keepalive_time 9'],
    ],
    ['nothing more for an empty choice', { profile: '' }, ['core/somaxconn 100']],
  ])('%s', (_, pod, writes) => {
    const added = add(pod)
    expect([added.answer, added.writes]).toMatchObject([{ cniVersion: '1.1.0' }, writes])
    const { conf, env } = added
    expect(ask('CHECK', { after: added, conf, env })).toMatchObject({ exitCode: 0 })
    const changed = ask('CHECK', { after: added, conf, env, container: { [`${SYS}/core/somaxconn`]: '1\n' } })
    expect(changed.answer).toMatchObject({ code: 102, msg: expect.stringContaining('net.core.somaxconn: is "1"') })
    expect(ask('DEL', { after: add(pod), conf, env }).os.textOf(CONTAINER, `${SYS}/core/somaxconn`)).toBe('4096')
  })
})

describe('a pod does not start', () => {
  test.each([
    [
      'with a profile that is not allowed',
      { profile: 'bulk' },
      100,
      'annotation netns-sysctl/profile: pod p may not choose the profile "bulk"; it may choose "web"',
    ],
    [
      'with one that is nowhere',
      { namespace: 'team-b', profile: 'x' },
      100,
      'annotation netns-sysctl/profile: pod team-b/p may not choose the profile "x"; it may choose "web", "bulk"',
    ],
    [
      'with one that every object has',
      { profile: 'constructor' },
      100,
      expect.stringContaining('may not choose the profile "constructor"'),
    ],
    [
      'with __proto__',
      { profile: '__proto__' },
      100,
      expect.stringContaining('may not choose the profile "__proto__"'),
    ],
    [
      'with what only the next namespace may set',
      { namespace: 'team-b', sysctls: 'net.ipv4.tcp_keepalive_time=9' },
      100,
      expect.stringContaining('net.ipv4.tcp_keepalive_time: pod team-b/p may not set it'),
    ],
    [
      'with one of a very long name',
      { profile: 'x'.repeat(100) },
      100,
      expect.stringContaining(`the profile "${'x'.repeat(80)}"; it`),
    ],
    [
      'with several profiles',
      { profile: 'web,bulk' },
      100,
      expect.stringContaining('may not choose the profile "web,bulk"'),
    ],
  ])('%s', (_, pod, code, msg) => {
    const { answer, writes } = add(pod)
    expect([answer, writes]).toMatchObject([{ code, msg }, []])
  })

  test('where its namespace has a profile that is nowhere, and all others start', () => {
    const conf = { namespaces: { a: { profile: 'wbe' } } }
    expect(add({ namespace: 'a' }, conf).answer).toMatchObject({
      code: 7,
      msg: 'namespaces["a"].profile "wbe" is not a profile; there are "web", "bulk", "secret"',
    })
    expect(add({ namespace: 'b' }, conf).exitCode).toBe(0)
    expect(add({ profile: 'x' }, { pod: { profiles: ['x'] }, profiles: undefined }).answer).toMatchObject({
      code: 7,
      msg: 'pod.profiles: "x" is not a profile; there are none',
    })
  })

  test.each([
    [{ profiles: 1 }, 6, expect.stringMatching(/^profiles must be an object, not 1; /)],
    [{ profiles: { web: 1 } }, 6, 'profiles.web must be an object, not 1'],
    [{ profiles: { web: { sysctl: 1 } } }, 6, 'profiles.web.sysctl must be an object of names and values, not 1'],
    [
      { profiles: { web: { inherit: ['net.*.[a]'] } } },
      2,
      'profiles.web.inherit[0] "net.*.[a]" may have only "*" and "?" as wildcards',
    ],
    [{ namespaces: [] }, 6, 'namespaces must be an object, not an array'],
    [{ namespaces: { a: 1 } }, 6, 'namespaces.a must be an object, not 1'],
    [{ namespaces: { a: { profile: '' } } }, 6, 'namespaces.a.profile must not be empty'],
    [{ namespaces: { a: { pod: { allow: ['x'] } } } }, 2, 'namespaces.a.pod.allow[0] "x" must start with "net."'],
    [
      { namespaces: { 'A b': {} } },
      2,
      'namespaces["A b"] can match no namespace: those have a-z, 0-9 and "-" in their names',
    ],
    [{ namespaces: { aB: {} } }, 2, 'namespaces.aB can match no namespace: those have a-z, 0-9 and "-" in their names'],
    [{ namespaces: { '': {} } }, 2, 'namespaces[""] is empty, so it matches nothing'],
    [{ first: 1 }, 6, 'first must be true or false, not 1'],
  ])('with %j', (conf, code, msg) => {
    expect(add({ profile: 'web' }, conf).answer).toMatchObject({ code, msg })
  })
})

describe('a pod cannot be taken for one of another namespace', () => {
  test.each([
    ['K8S_POD_NAMESPACE=default;K8S_POD_NAME=x;K8S_POD_NAMESPACE=ingress-1'],
    ['K8S_POD_NAMESPACE=ingress-1;K8S_POD_NAME=x;K8S_POD_NAMESPACE=default'],
    ['K8S_POD_NAMESPACE=ingress-1;K8S_POD_NAMESPACE='],
    ['K8S_POD_NAMESPACE=ingress-/../x'],
    ['K8S_POD_NAMESPACE=INGRESS-1'],
    ['K8S_POD_NAMESPACE=ingress-1\n'],
    [`K8S_POD_NAMESPACE=ingress-${'x'.repeat(60)}`],
    ['K8S_POD_NAMESPACE=*'],
  ])('by CNI_ARGS %j', (CNI_ARGS) => {
    const { answer, writes } = add({}, {}, { env: { CNI_ARGS } })
    expect([answer, writes]).toMatchObject([
      { code: 4, msg: expect.stringMatching(/^K8S_POD_NAMESPACE ".*" in CNI_ARGS is/) },
      [],
    ])
  })

  test.each([
    ['args.cni', { args: { cni: { K8S_POD_NAMESPACE: 'ingress-1', namespace: 'ingress-1', sysctl: {} } } }],
    ['annotations', { runtimeConfig: { [ANNOTATIONS]: { K8S_POD_NAMESPACE: 'ingress-1', namespace: 'ingress-1' } } }],
  ])('by %s', (_, conf) => {
    expect(add({ namespace: 'default' }, conf).writes).toEqual(['core/somaxconn 100'])
  })

  test('the same twice is no matter, nor is another variable', () => {
    const CNI_ARGS = 'IgnoreUnknown=1;IgnoreUnknown=0;K8S_POD_NAMESPACE=team-a;K8S_POD_NAMESPACE=team-a'
    expect(add({}, {}, { env: { CNI_ARGS } }).writes).toEqual(['core/somaxconn 300'])
  })

  test('without namespaces in the configuration nobody looks at it', () => {
    expect(add({ namespace: 'A B' }, { namespaces: undefined }).exitCode).toBe(0)
  })
})

describe('namespaces count in the order of the text', () => {
  const profiles = { n: { sysctl: { 'net.core.somaxconn': 1 } }, s: { sysctl: { 'net.core.somaxconn': 2 } } }
  const text = (namespaces: string, name = 'namespaces') =>
    `{"cniVersion":"1.1.0","name":"net1","prevResult":{},"profiles":${JSON.stringify(profiles)},"other":{"123":{}},"${name}":${namespaces}}`

  test.each([
    ['{"1*":{"profile":"s"},"123":{"profile":"n"}}', '2'],
    ['{"123":{"profile":"n"},"1*":{"profile":"s"}}', '1'],
    ['{"x":{},"*":{"profile":"s"},"123":{"profile":"n"}}', '2'],
    ['{"x":{},"\\u00312*":{"profile":"s"},"123":{"profile":"n"}}', '2'],
  ])('%s', (namespaces, value) => {
    for (const name of ['namespaces', 'Namespaces']) {
      const env = { CNI_ARGS: 'K8S_POD_NAMESPACE=123' }
      const { os } = ask('ADD', { stdin: text(namespaces, name), env })
      expect(os.textOf(CONTAINER, `${SYS}/core/somaxconn`)).toBe(value)
    }
  })
})

describe('where only a namespace has pod', () => {
  const conf = { pod: undefined, namespaces: { 'team-a': { pod: { allow: ['net.core.somaxconn'] } } } }

  test('its pods may set that', () => {
    expect(add({ namespace: 'team-a', sysctls: 'net.core.somaxconn=7' }, conf).writes).toEqual(['core/somaxconn 7'])
  })

  test('its pods may choose no profile', () => {
    expect(add({ namespace: 'team-a', profile: 'web' }, conf).answer).toMatchObject({
      code: 100,
      msg: expect.stringMatching(/ may not choose the profile "web"; it may choose none$/),
    })
  })

  test('nobody reads the wishes of a pod if none has it', () => {
    const pods = { pod: undefined, namespaces: { 'team-a': { profile: 'bulk' }, b: {} } }
    expect(add({ namespace: 'b', sysctls: 'net.core.somaxconn=7', profile: 'x' }, pods).writes).toEqual([
      'core/somaxconn 100',
    ])
  })

  test('others may set nothing, by args.cni neither', () => {
    const msg = "net.core.somaxconn: pod b/p may not set it; this network's pods may set nothing"
    expect(add({ namespace: 'b', sysctls: 'net.core.somaxconn=7' }, conf).answer).toMatchObject({ code: 100, msg })
    expect(add({ namespace: 'b', args: { 'net.core.somaxconn': 7 } }, conf).answer).toMatchObject({ code: 100, msg })
    expect(add({ namespace: 'b' }, conf).exitCode).toBe(0)
  })
})

describe('what a profile inherits', () => {
  const host = { [`${SYS}/core/somaxconn`]: '77\n', [`${SYS}/ipv4/tcp_keepalive_time`]: '78\n' }
  const profiles = {
    web: { inherit: ['net.core.somaxconn', 'net.ipv4.tcp_keepalive_*'], sysctl: { 'net.ipv4.tcp_keepalive_time': 1 } },
    bulk: { sysctl: { 'net.core.somaxconn': 300 } },
  }
  const written = (pod: Pod, conf = {}) => add(pod, { profiles, ...conf }, { host }).writes

  test('wins over the sysctls of the network, and not over its own', () => {
    expect(written({ profile: 'web' })).toEqual(['core/somaxconn 77', 'ipv4/tcp_keepalive_time 1'])
  })

  test('wins over the profile of the namespace, and is beaten by the annotation', () => {
    expect(written({ profile: 'web', namespace: 'team-a' })).toEqual(['core/somaxconn 77', 'ipv4/tcp_keepalive_time 1'])
    const sysctls = 'net.core.somaxconn=9'
    expect(written({ profile: 'web', sysctls })).toEqual(['core/somaxconn 9', 'ipv4/tcp_keepalive_time 1'])
  })

  test('of the network is beaten by the profile', () => {
    expect(written({ namespace: 'team-a' }, { sysctl: {}, inherit: ['net.core.somaxconn'] })).toEqual([
      'core/somaxconn 300',
    ])
  })

  test('and the network too is copied once', () => {
    expect(written({ profile: 'web' }, { sysctl: {}, inherit: ['net.core.*'] })).toEqual([
      'core/somaxconn 77',
      'ipv4/tcp_keepalive_time 1',
    ])
  })
})

test('a profile is held to the allowlist of the node', () => {
  const files = { '/etc/cni/netns-sysctl/allowlist.conf': '^net\\.core\\.' }
  expect(add({ profile: 'web' }, {}, { files }).answer).toMatchObject({
    code: 100,
    msg: 'net.ipv4.tcp_keepalive_time: is not allowed on this node by /etc/cni/netns-sysctl/allowlist.conf',
  })
})
