import { describe, expect, test } from 'vitest'
import { typed } from '../../../helpers/cli.ts'
import { lintEntry, lintText, listOf } from '../../../helpers/lint.ts'

const capabilities = { 'io.kubernetes.cri.pod-annotations': true }
const web = { sysctl: { 'net.core.somaxconn': 1 } }
const messagesOf = (entry: Readonly<Record<string, unknown>>) =>
  lintEntry({ capabilities, ...entry }).map((finding) => finding.replace(/^\d+:\d+ ?/, '').replace(/^:? ?/, ''))

describe('lint of profiles and namespaces', () => {
  test('has nothing to say of what is right', () => {
    const namespaces = { 'a-*': { profile: 'web' }, b: { pod: { allow: ['net.core.somaxconn'], profiles: ['web'] } } }
    expect(messagesOf({ profiles: { web }, namespaces, pod: { profiles: ['web'] } })).toEqual([])
  })

  test.each([
    [{ namespaces: { a: { profile: 'wbe' } } }, 'error: profile "wbe" is not a profile; there are "web"'],
    [{ pod: { profiles: ['web', 'x'] } }, 'error: pod.profiles: "x" is not a profile; there are "web"'],
    [{ namespaces: { a: { pod: { profiles: ['x'] } } } }, 'error: pod.profiles: "x" is not a profile; there are "web"'],
    [
      { profiles: { web: { sysctls: {} } } },
      'warning: profiles.web.sysctls is unknown and ignored; did you mean sysctl?',
    ],
    [
      { namespaces: { a: { profiles: [] } } },
      'warning: namespaces.a.profiles is unknown and ignored; did you mean profile?',
    ],
    [
      { namespaces: { a: { pod: { annotation: 'x' } } } },
      'warning: namespaces.a.pod.annotation is unknown and ignored',
    ],
    [
      { profiles: { web: { sysctl: { 'net.core.rmem_max': 1 } } } },
      'error: net.core.rmem_max: is read-only in a container',
    ],
    [
      { profiles: { web: { sysctl: { 'net.core.somaxconn': '1 # x' } } } },
      'error: net.core.somaxconn: "1 # x" must be one integer',
    ],
    [
      { profiles: { web: { sysctl: { 'net..x': 1 } } } },
      'error: "net..x" is not the name of a sysctl: it has an empty segment',
    ],
    [
      { profiles: { web: { inherit: ['net.core.rmem_*'] } } },
      'error: inherit net.core.rmem_*: matches only what a container has not',
    ],
    [{ profiles: { web: 1 } }, 'error: profiles.web must be an object, not 1'],
    [{ namespaces: { a: { pod: { allow: ['net.x.y'] } } } }, 'warning: net.x.y: does not exist'],
    [{ namespaces: { 'A b': {} } }, 'error: namespaces["A b"] can match no namespace'],
  ])('%j: %s', (changes, message) => {
    const entry = { profiles: { web }, pod: { profiles: ['web'] }, ...changes }
    expect(messagesOf(entry)).toEqual(expect.arrayContaining([expect.stringContaining(message)]))
  })

  test('tells of a profile that nobody gets', () => {
    expect(messagesOf({ profiles: { web, x: {} }, pod: { profiles: ['web'] } })).toEqual([
      'warning: x: no namespace has this profile, and no pod may choose it',
    ])
  })

  test.each([
    ['*', 'a'],
    ['a*', 'ab*'],
    ['a?c', 'abc'],
    ['*-*', 'x-*-y'],
  ])('%s before %s leaves nothing for it', (first, second) => {
    expect(messagesOf({ capabilities: undefined, namespaces: { [first]: {}, [second]: {} } })).toEqual([
      `warning: ${second}: is never reached, because ${JSON.stringify(first)} before it matches the same`,
    ])
  })

  test.each([
    ['a', '*'],
    ['ingress-*', '*'],
    ['a?', 'a*'],
    ['ab*', 'a*'],
  ])('%s before %s is never reached either, as a runtime sends it', (narrow, broad) => {
    expect(messagesOf({ capabilities: undefined, namespaces: { [narrow]: {}, [broad]: {} } })).toEqual([
      `warning: ${narrow}: is never reached, because ${JSON.stringify(broad)} matches the same, and runtimes sort the globs by name`,
    ])
  })

  test.each([
    ['a1', 'a?'],
    ['ab*', 'a*b'],
    ['?', 'ab'],
    ['a-*', 'b-*'],
  ])('%s before %s leaves something', (first, second) => {
    expect(messagesOf({ capabilities: undefined, namespaces: { [first]: {}, [second]: {} } })).toEqual([])
  })

  test.each([
    ['{"1*": {}, "123": {}}', true],
    ['{"123": {}, "1*": {}}', false],
  ])('goes by the order of the text too: %s', (namespaces, isBefore) => {
    const findings = lintText(listOf({ namespaces: 'here' }).replace('"here"', namespaces)).findings.join('\n')
    expect(findings.includes('123: is never reached, because "1*" before it')).toBe(isBefore)
    expect(findings.includes('123: is never reached, because "1*" matches the same')).toBe(!isBefore)
  })

  test('of a namespace asks for the annotations too', () => {
    const namespaces = { a: { pod: { allow: ['net.core.somaxconn'] } } }
    expect(lintEntry({ namespaces }).join('\n')).toContain('annotations never arrive without "capabilities"')
  })
})

describe('lint of the form of values', () => {
  test.each([
    [{ 'net.core.somaxconn': '16384 # big' }, 'error: net.core.somaxconn: "16384 # big" must be one integer'],
    [{ '-net.core.somaxconn': 'x' }, 'warning: net.core.somaxconn: "x" must be one integer'],
    [
      { 'net.ipv4.ip_local_port_range': '1024' },
      'warning: net.ipv4.ip_local_port_range: "1024" sets only the first of 2 integers',
    ],
    [{ 'net.ipv4.conf.IFNAME.rp_filter': 'on' }, 'error: net.ipv4.conf.IFNAME.rp_filter: "on" must be one integer'],
  ])('%j', (sysctl, message) => {
    expect(messagesOf({ sysctl, capabilities: undefined })).toEqual([expect.stringContaining(message)])
  })
})

describe('lint of first', () => {
  const own = (members: object) => ({ type: 'netns-sysctl', sysctl: { 'net.core.somaxconn': 1 }, ...members })
  const lintList = (...plugins: object[]) =>
    lintText(JSON.stringify({ cniVersion: '1.0.0', name: 'x', plugins })).findings.map((finding) =>
      finding.replace(/^\d+:\d+ /, ''),
    )
  const FIRST = own({ first: true })

  test.each([
    [[FIRST, { type: 'bridge' }]],
    [[FIRST, { type: 'bridge' }, own({})]],
    [[FIRST, { type: 'ipvlan', master: 'eth0' }]],
    [[{ type: 'loopback' }, own({ First: true }), { type: 'bridge' }]],
    [[{ type: 'cilium-cni' }, own({})]],
    [[{ type: 'cilium-cni' }, FIRST, { type: 'bridge' }]],
  ])('has nothing to say of %j', (plugins) => {
    expect(lintList(...plugins)).toEqual([])
  })

  test.each([
    [[FIRST, { type: 'cilium-cni' }], 'cannot stand before cilium-cni, which fails if it is given a prevResult'],
    [[FIRST, own({}), { type: 'cilium-cni' }], 'cannot stand before cilium-cni'],
    [[FIRST, { type: 'ipvlan' }], 'cannot stand before an ipvlan without "master"'],
    [[{ type: 'bridge' }, FIRST], 'has "first", and no network plugin stands behind it'],
    [
      [FIRST, own({}), { type: 'bridge' }],
      'must be chained after a network plugin, and only entries with "first" are before it',
    ],
    [[own({ first: true, mtu: 1400 }), { type: 'bridge' }], 'mtu: with "first" there is no interface yet'],
    [
      [own({ first: true, sysctl: { 'net.ipv4.conf.IFNAME.rp_filter': 1 } }), { type: 'bridge' }],
      'net.ipv4.conf.IFNAME.rp_filter: with "first" there is no interface yet',
    ],
  ])('%j', (plugins, message) => {
    expect(lintList(...plugins).join('\n')).toContain(message)
  })
})

describe('lint of a pod that chooses a profile', () => {
  const conflist = listOf({
    capabilities,
    profiles: { web, other: { sysctl: {} } },
    namespaces: { 'team-a': { pod: { allow: ['net.ipv4.tcp_*'], profiles: ['web'] } }, b: { profile: 'other' } },
  })
  const lintPod = (namespace: string, annotation: string) => {
    const yaml = `apiVersion: v1
kind: Pod
metadata:
  name: p
  namespace: ${namespace}
  annotations:
    example.org/x: y
    ${annotation}
`
    const files = { '/net.conflist': conflist, '/pod.yaml': yaml }
    const { stdout } = typed(['lint', '/pod.yaml', '/net.conflist'], { files })
    return stdout.split('\n').filter((line) => line.startsWith('/pod.yaml'))
  }

  test('that it may choose', () => {
    expect(lintPod('team-a', 'netns-sysctl/profile: web')).toEqual(['/pod.yaml: nothing found'])
    expect(lintPod('team-a', 'netns-sysctl/sysctls: net.ipv4.tcp_keepalive_time=1')).toEqual([
      '/pod.yaml: nothing found',
    ])
  })

  test('that it may not choose', () => {
    expect(lintPod('b', 'netns-sysctl/profile: web')).toEqual([
      expect.stringContaining(
        '/pod.yaml:8:5: error: annotation netns-sysctl/profile: pod b/p may not choose the profile "web"; it may choose none',
      ),
    ])
  })
})
