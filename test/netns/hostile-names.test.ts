import { afterAll, describe, expect, test } from 'vitest'
import { collidingNames } from '../helpers/collisions.ts'
import { callPlugin } from '../helpers/executable.ts'
import { createNetns } from '../helpers/netns.ts'

const netns = await createNetns()
afterAll(() => netns.close())

/** Kubernetes lets a pod have 256 KiB of annotations; these are ten times as much. */
const NAMES = collidingNames(26_000)
const HOSTILE = Object.fromEntries(NAMES.map((name) => [name, '1']))
const PODS = 'io.kubernetes.cri.pod-annotations'
/** It is one at most on a machine that has nothing else to do; parsing all of it takes a minute. */
const MOST_MS = 5000

const pod = { allow: ['net.core.somaxconn'] }
const sysctl = { 'net.core.somaxconn': 1024 }

function timed(command: string, conf: Readonly<Record<string, unknown>>) {
  const start = performance.now()
  const { status, stdout } = callPlugin(netns, command, { conf })
  expect(performance.now() - start).toBeLessThan(MOST_MS)
  return { status, answer: stdout === '' ? undefined : (JSON.parse(stdout) as unknown) }
}

describe('26,000 names whose hashes collide take no time', () => {
  test('among the annotations of a pod, which is served', () => {
    const annotations = { ...HOSTILE, 'netns-sysctl/sysctls': 'net.core.somaxconn = 2048' }
    expect(timed('ADD', { pod, runtimeConfig: { [PODS]: annotations } })).toMatchObject({ status: 0 })
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
    expect(timed('ADD', conf)).toMatchObject({ status: 1, answer: { code: 7, msg } })
    expect(timed('DEL', conf)).toEqual({ status: 0, answer: undefined })
  })

  test('in a list instead of a configuration', () => {
    const start = performance.now()
    const { stdout } = callPlugin(netns, 'ADD', { stdin: JSON.stringify([HOSTILE]) })
    expect(performance.now() - start).toBeLessThan(MOST_MS)
    expect(JSON.parse(stdout)).toMatchObject({ code: 6, msg: 'stdin is no JSON object' })
  })
}, 60_000)

test('40,000 names that are none take no time', () => {
  const bad = Object.fromEntries(Array.from({ length: 40_000 }, (_, at) => [`x.${at}`, 1]))
  expect(timed('ADD', { args: { cni: { sysctl: bad } } })).toMatchObject({ status: 1, answer: { code: 7 } })
})

test('1,900 names that are none are all looked at', () => {
  const bad = Object.fromEntries(Array.from({ length: 1900 }, (_, at) => [`net.${at}`, 1]))
  expect(timed('ADD', { args: { cni: { sysctl: bad } } })).toMatchObject({ status: 1, answer: { code: 101 } })
})
