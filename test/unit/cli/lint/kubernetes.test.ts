import { describe, expect, test } from 'vitest'
import { typed } from '../../../helpers/cli.ts'
import { lintText, listOf } from '../../../helpers/lint.ts'

const BAD =
  '{"cniVersion":"1.0.0","plugins":[{"type":"macvlan"},\n{"type":"netns-sysctl","sysctl":{"net.core.nosuch":1}}]}'
const NO_SUCH = 'error: net.core.nosuch: does not exist on Linux 6.18.44'
const definition = (config: string, name = 'tuned') => ({
  apiVersion: 'k8s.cni.cncf.io/v1',
  kind: 'NetworkAttachmentDefinition',
  metadata: { name },
  spec: { config },
})
const pod = (annotations: Readonly<Record<string, string>>, kind: object = { kind: 'Pod' }) => ({
  apiVersion: 'v1',
  ...kind,
  metadata: { name: 'web-7c9-x1', namespace: 'team-a', annotations },
})
const NOT_ASKED = 'not looked at: whether a pod may set what it asks for: give the conflist of its network too\n'
const ALLOWING = listOf({
  pod: { allow: ['net.core.somaxconn'] },
  capabilities: { 'io.kubernetes.cri.pod-annotations': true },
})

describe('a NetworkAttachmentDefinition', () => {
  test('in YAML: the place is that in the block', () => {
    const yaml = `apiVersion: k8s.cni.cncf.io/v1
kind: NetworkAttachmentDefinition
metadata:
  name: tuned
spec:
  config: |
    ${BAD.replace('\n', '\n    ')}
`
    expect(lintText(yaml, '/a.yaml').findings).toEqual([`8:38: ${NO_SUCH}`])
    expect(lintText(yaml, '/manifest').findings).toEqual([`8:38: ${NO_SUCH}`])
  })

  test('in YAML, in single quotes, after another document', () => {
    const yaml = `---\nkind: Namespace\napiVersion: v1\n---\napiVersion: k8s.cni.cncf.io/v1\nkind: NetworkAttachmentDefinition\nmetadata: {name: a}\nspec:\n  config: '${BAD.replace('\n', '\n      ')}'\n`
    expect(lintText(yaml, '/a.yml').findings).toEqual([`10:40: ${NO_SUCH}`])
  })

  test('in JSON: the place is that in the string', () => {
    const text = JSON.stringify(definition(BAD))
    expect(lintText(text, '/a.json').findings).toEqual([`1:${text.indexOf('\\"net.core.nosuch') + 1}: ${NO_SUCH}`])
  })

  test('in a list, as kubectl prints it; those without an entry are no matter', () => {
    const items = [definition('{"type":"macvlan"}'), definition(''), definition(BAD), definition(BAD, 'other')]
    const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, undefined, 2)
    const { findings } = lintText(text, '/a.json')
    expect(findings).toEqual([
      `32:${(text.split('\n')[31]?.indexOf('\\"net.core') as number) + 1}: ${NO_SUCH}`,
      expect.stringContaining(NO_SUCH),
    ])
  })

  test('whose configuration is not JSON, or has a member twice', () => {
    expect(lintText(JSON.stringify(definition('{"type":}')), '/a.json').findings[0]).toMatch(
      /^1:\d+: error: is not JSON: has "}" where a value should be$/,
    )
    const twice = BAD.replace('{"type":"netns', '{"type":"x","type":"netns')
    expect(lintText(JSON.stringify(definition(twice)), '/a.json').findings[0]).toContain(
      'plugins[1].type is given twice',
    )
  })

  test('makes the interface net1', () => {
    const config = BAD.replace('net.core.nosuch', 'net.ipv4.conf.net1.rp_filter')
    expect(lintText(JSON.stringify(definition(config)), '/a.json').findings).toEqual([])
  })
})

test("an agent's ConfigMap", () => {
  const data = {
    'cni-conf.json': listOf({ sysctl: { 'net.core.nosuch': 1 } }),
    'net-conf.json': '{"Network":"10.0.0.0/8"}',
  }
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', data })
  expect(lintText(text, '/a.json').findings).toEqual([expect.stringContaining(NO_SUCH)])
})

describe('a pod', () => {
  const yaml = (lines: string) => `apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    netns-sysctl/sysctls: |
      # ours
      ${lines.replaceAll('\n', '\n      ')}
`

  test('is held to pod.allow of the conflist that is given too', () => {
    const files = { '/net.conflist': ALLOWING, '/pod.yaml': yaml('net.core.somaxconn = 5\n net.ipv4.ip_forward=1') }
    expect(typed(['lint', '/pod.yaml', '/net.conflist'], { files })).toMatchObject({
      exitCode: 1,
      stdout: `/pod.yaml:9:8: error: net.ipv4.ip_forward: pod default/web may not set it; this network's pods may set net.core.somaxconn; the network's configuration allows it in pod.allow
/net.conflist: nothing found
`,
    })
  })

  test('without a conflist it is said that this is not known', () => {
    expect(lintText(yaml('net.core.somaxconn = 5'), '/a.yaml').stdout).toBe(`/a.yaml: nothing found\n${NOT_ASKED}`)
  })

  test('what cannot be set, or is no line, has its place', () => {
    expect(lintText(yaml('net.core.nosuch = 5\nnet.ipv4.conf.lxc*.rp_filter=1'), '/a.yaml').findings).toEqual([
      `8:7: ${NO_SUCH}`,
      "9:7: error: net.ipv4.conf.lxc*.rp_filter: lxc* is not an interface; write IFNAME for the container's own, or all or default",
    ])
    expect(lintText(yaml('net.core.somaxconn = 5\nnet.core.somaxconn'), '/a.yaml').findings).toEqual([
      expect.stringMatching(
        /^9:7: error: annotation netns-sysctl\/sysctls, line 3: "net\.core\.somaxconn" is not "name = value"/,
      ),
    ])
  })

  test('what the kernel refuses is found by a rehearsal', () => {
    const fresh = { '/proc/sys/net/core/somaxconn': { text: '4096\n', writeFails: 'EINVAL' } }
    expect(lintText(yaml('net.core.somaxconn = x'), '/a.yaml', { fresh }).findings).toEqual([
      '8:7: error: net.core.somaxconn: "x" must be one integer; it holds "4096"',
    ])
  })

  test('where the network reads no annotations', () => {
    const files = {
      '/net.conflist': listOf({ sysctl: { 'net.core.somaxconn': 1 } }),
      '/a.yaml': yaml('net.core.somaxconn = 5'),
    }
    expect(typed(['lint', '/net.conflist', '/a.yaml'], { files }).stdout).toContain(
      '/a.yaml:6:5: warning: netns-sysctl/sysctls: is not read, because the entry of the network has no "pod"\n',
    )
  })

  test.each<[string, object]>([
    ['Deployment', { spec: { template: pod({ 'netns-sysctl/sysctls': 'net.core.nosuch=1' }) } }],
    [
      'CronJob',
      { spec: { jobTemplate: { spec: { template: pod({ 'netns-sysctl/sysctls': 'net.core.nosuch=1' }) } } } },
    ],
  ])('in the template of a %s', (kind, members) => {
    const text = JSON.stringify({ apiVersion: 'apps/v1', kind, metadata: { name: 'web' }, ...members })
    expect(lintText(text, '/a.json').findings).toEqual([`1:${text.indexOf('net.core.nosuch') + 1}: ${NO_SUCH}`])
  })

  test('many of one Deployment are all told of', () => {
    const items = ['a', 'b'].map(() => pod({ 'netns-sysctl/sysctls': 'net.core.nosuch=1' }))
    expect(lintText(JSON.stringify({ apiVersion: 'v1', kind: 'PodList', items }), '/a.json').findings).toHaveLength(2)
  })
})

test('what is not YAML is told with its place', () => {
  expect(lintText('kind: Pod\n  a: [\n', '/a.yaml').findings[0]).toMatch(/^\d+:\d+: error: is not YAML: /)
})

test('with nothing of the plugin in it', () => {
  expect(lintText('kind: Service\napiVersion: v1\n', '/a.yaml').findings).toEqual([
    '1:1: warning: there is no configuration with a plugin of type netns-sysctl in it, and no pod with annotations',
  ])
})
