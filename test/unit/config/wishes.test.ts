import { describe, expect, test } from 'vitest'
import { ask } from '../../helpers/requests.ts'

const ANNOTATIONS = 'io.kubernetes.cri.pod-annotations'
const capabilities = { [ANNOTATIONS]: true }
const pod = { allow: ['net.core.somaxconn'] }
const env = { CNI_ARGS: 'K8S_POD_NAMESPACE=default;K8S_POD_NAME=web' }

function stderrOf(conf: Readonly<Record<string, unknown>>, command = 'ADD'): string {
  const { exitCode, os } = ask(command, { conf: { pod, capabilities, ...conf }, env })
  expect(exitCode).toBe(0)
  return os.stderr()
}

describe('a request without annotations', () => {
  const told =
    'netns-sysctl: the runtime has sent no annotations, so nothing that pod default/web asks for by them is set; Multus sends none\n'

  test.each([{}, { runtimeConfig: {} }, { runtimeConfig: { mac: '' } }])('is told: %j', (conf) => {
    expect(stderrOf(conf)).toBe(told)
  })

  test.each([
    { runtimeConfig: { [ANNOTATIONS]: null } },
    { runtimeConfig: { [ANNOTATIONS]: {} } },
    { capabilities: undefined },
    { capabilities: { [ANNOTATIONS]: false } },
    { pod: undefined },
  ])('is fine where %j', (conf) => {
    expect(stderrOf(conf)).toBe('')
  })
})

describe('an annotation that is none of ours', () => {
  const sent = (annotations: object) => ({ runtimeConfig: { [ANNOTATIONS]: annotations } })

  test('is named, its control characters escaped', () => {
    expect(
      stderrOf(sent({ 'netns-sysctl/sysctl': 'net.core.somaxconn=1', 'netns-sysctl/a\u001b': '', 'x/y': '' })),
    ).toBe(
      'netns-sysctl: annotation "netns-sysctl/sysctl" of pod default/web is unknown and ignored; known are netns-sysctl/sysctls and netns-sysctl/profile\n' +
        'netns-sysctl: annotation "netns-sysctl/a\\u001b" of pod default/web is unknown and ignored; known are netns-sysctl/sysctls and netns-sysctl/profile\n',
    )
  })

  test('is named in part if it is long', () => {
    const name = `netns-sysctl/${'x'.repeat(100)}`
    expect(stderrOf(sent({ [name]: '' }))).toContain(`annotation "${name.slice(0, 80)}" of pod`)
  })

  test('is one of five that are named, of thousands', () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`netns-sysctl/${index}`, '']))
    expect(stderrOf(sent(many)).split('\n')).toHaveLength(6)
  })

  test('is not the one that the network has named', () => {
    const conf = { pod: { ...pod, annotation: 'netns-sysctl/mine' }, ...sent({ 'netns-sysctl/mine': '' }) }
    expect(stderrOf(conf)).toBe('')
    expect(stderrOf({ ...conf, ...sent({ 'netns-sysctl/sysctls': '' }) })).toContain('known are netns-sysctl/mine and')
  })
})

describe("a line of the pod's annotation", () => {
  const answerTo = (text: string) =>
    ask('ADD', { conf: { pod, runtimeConfig: { [ANNOTATIONS]: { 'netns-sysctl/sysctls': text } } } }).answer

  test.each([
    [
      'net.core.somaxconn = 16384 # big',
      'has a comment behind its value',
      'a comment has a line of its own, as in sysctl.d(5)',
    ],
    [
      'net.core.somaxconn = # 16384',
      'has a comment behind its value',
      'a comment has a line of its own, as in sysctl.d(5)',
    ],
    [
      'net.core.somaxconn = 16384 ; big',
      'has a comment behind its value',
      'a comment has a line of its own, as in sysctl.d(5)',
    ],
    [
      'net.core.somaxconn=1,net.core.x=2',
      'has a second "=" in it',
      'one "name = value" a line, and nothing else in it',
    ],
    [
      'net.core.somaxconn=1 net.core.x=2',
      'has a second "=" in it',
      'one "name = value" a line, and nothing else in it',
    ],
  ])('%j %s', (line, what, details) => {
    const msg = `annotation netns-sysctl/sysctls, line 2: ${JSON.stringify(line)} ${what}`
    expect(answerTo(`\n${line}`)).toEqual({ cniVersion: '1.1.0', code: 7, msg, details })
  })
})
