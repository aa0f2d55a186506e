import { afterAll, describe, expect, test } from 'vitest'
import { collidingNames } from '../helpers/collisions.ts'
import { type Command, outcomeOf } from '../helpers/executable.ts'
import { createNetns } from '../helpers/netns.ts'

const netns = await createNetns()
afterAll(() => netns.close())

/** Kubernetes allows a pod 256 KiB of annotations; these are ten times as many. */
const NAMES = collidingNames(26_000)
const HOSTILE = Object.fromEntries(NAMES.map((name) => [name, '1']))
const PODS = 'io.kubernetes.cri.pod-annotations'
/** The limit of processor time, in seconds; it needs one at most, and parsing everything would take 20 to 60. */
const MOST_SECONDS = 4
const wrap = (executable: string): Command => ['prlimit', `--cpu=${MOST_SECONDS}`, '--', executable]

const pod = { allow: ['net.core.somaxconn'] }
const sysctl = { 'net.core.somaxconn': 1024 }

function ask(command: string, conf: Readonly<Record<string, unknown>>) {
  return outcomeOf(netns, command, { conf, wrap })
}

describe('26,000 names whose hashes collide take no time', () => {
  test('among the annotations of a pod, which is served', () => {
    const annotations = { ...HOSTILE, 'netns-sysctl/sysctls': 'net.core.somaxconn = 2048' }
    expect(ask('ADD', { pod, runtimeConfig: { [PODS]: annotations } })).toMatchObject({ exitCode: 0 })
  })

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['args', { args: { cni: { sysctl: HOSTILE } } }],
    ['args', { args: { cni: HOSTILE } }],
    ['args', { args: HOSTILE }],
    ['runtimeConfig', { runtimeConfig: HOSTILE }],
    ['prevResult', { prevResult: { cniVersion: '1.1.0', ...HOSTILE } }],
    ['sysctl', { sysctl: HOSTILE }],
  ])('in %s, which is refused, and the pod can be removed', (name, changes) => {
    const conf = { sysctl, ...changes }
    const msg = expect.stringContaining(`the configuration has more than 2000 different names; ${name} has 2600`)
    expect(ask('ADD', conf)).toMatchObject({ exitCode: 1, answer: { code: 7, msg } })
    expect(ask('DEL', conf)).toEqual({ exitCode: 0, answer: undefined })
  })

  test('in a list instead of a configuration', () => {
    const stdin = JSON.stringify([HOSTILE])
    expect(outcomeOf(netns, 'ADD', { stdin, wrap })).toMatchObject({
      answer: { code: 6, msg: 'stdin is not a JSON object' },
    })
  })
})

test('40,000 names that are none take no time', () => {
  const bad = Object.fromEntries(Array.from({ length: 40_000 }, (_, at) => [`x.${at}`, 1]))
  expect(ask('ADD', { args: { cni: { sysctl: bad } } })).toMatchObject({ exitCode: 1, answer: { code: 7 } })
})

test.each<[string, (at: number) => string]>([
  ['that are none', (at) => `net.${at}`],
  ['that are nearly those of sysctls', (at) => `net.ipv4.tcp_${at}keepalive_tim`],
  ['that are long', (at) => `net.core.somaxconn${at}${'x'.repeat(450)}`],
  ['of missing interfaces', (at) => `net.ipv4.conf.eth${at + 1}.rp_filter`],
])('1,900 names %s are all looked at', (_, nameOf) => {
  const bad = Object.fromEntries(Array.from({ length: 1900 }, (_each, at) => [nameOf(at), 1]))
  const { exitCode, answer } = ask('ADD', { args: { cni: { sysctl: bad } } })
  expect({ exitCode, answer }).toMatchObject({ exitCode: 1, answer: { code: 101 } })
  expect(JSON.stringify(answer)).toContain(nameOf(31))
})
