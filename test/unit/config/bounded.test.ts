import { describe, expect, test } from 'vitest'
import { boundNames } from '../../../plugin/config/bounded.ts'

const PODS = 'io.kubernetes.cri.pod-annotations'
const many = (count: number, prefix = 'x') =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [prefix + at, 'y']))
const LONG = { filling: ' '.repeat(17_000) }
const base = { cniVersion: '1.1.0', name: 'n', ...LONG }

function bound(value: unknown) {
  const whole = JSON.stringify(value)
  const { text, problems } = boundNames(whole)
  expect(text.length).toBe(whole.length)
  return { object: JSON.parse(text) as unknown, problems }
}

/** What is said where `largest` has `count` names. */
const tooMany = (largest: string, count: number) => [
  {
    code: 7,
    msg: `the configuration has more than 2000 different names; ${largest} has ${count}`,
    details: 'name fewer members and sysctls',
  },
]

describe('a text that is short', () => {
  test('stays as it is, whatever it is', () => {
    expect(boundNames('{"a":')).toEqual({ text: '{"a":', problems: [] })
  })
})

describe("a pod's annotations", () => {
  test.each(['runtimeConfig', 'RuntimeConfig'])('in %s are only those that somebody asks for', (runtimeConfig) => {
    const pod = { Annotation: 'mine' }
    const namespaces = { a: { pod: { annotation: 'theirs' } } }
    const wanted = { mine: 'a\n{"', theirs: 'b', 'netns-sysctl/sysctls': 'c', 'netns-sysctl/profile': 'd' }
    const sent = { ...many(3000), ...wanted, other: { mine: 'x' }, ...many(3000, 'z') }
    const conf = { ...base, [runtimeConfig]: { a: 1, [PODS]: sent, mac: 'b' }, pod, namespaces }
    expect(bound(conf)).toEqual({
      object: { ...conf, [runtimeConfig]: { a: 1, [PODS]: wanted, mac: 'b' } },
      problems: [],
    })
  })

  test.each([null, [], 'text', 1, {}])('may be %j', (value) => {
    const conf = { ...base, runtimeConfig: { [PODS]: value } }
    expect(bound(conf)).toEqual({ object: conf, problems: [] })
  })

  test('are not looked for in a list', () => {
    expect(bound({ ...base, runtimeConfig: { [PODS]: [many(3000)] } })).toEqual({
      object: { ...base, runtimeConfig: { [PODS]: [] } },
      problems: [],
    })
  })

  test('are not asked for by what a request brings along', () => {
    const args = { cni: { annotation: 'x1' } }
    const conf = {
      ...base,
      args,
      prevResult: { annotation: 'x2' },
      runtimeConfig: { annotation: 'x3', [PODS]: many(9) },
    }
    expect(bound(conf).object).toMatchObject({ runtimeConfig: { [PODS]: {} } })
  })

  test('of our own prefix are at most 64', () => {
    const { object } = bound({ ...base, runtimeConfig: { [PODS]: many(3000, 'netns-sysctl/') } })
    expect(object).toEqual({ ...base, runtimeConfig: { [PODS]: many(64, 'netns-sysctl/') } })
  })
})

describe('a member with more than 2000 different names', () => {
  test.each(['args', 'prevResult', 'sysctl'])('%s is left out, and told', (name) => {
    for (const conf of [
      { ...base, [name]: many(2500) },
      { [name]: many(2500), ...base },
    ]) {
      expect(bound(conf)).toEqual({ object: base, problems: tooMany(name, 2501) })
    }
  })

  test('in all is left out, the largest first', () => {
    const conf = { args: many(1500), ...base, sysctl: many(900, 'z') }
    expect(bound(conf)).toEqual({ object: { ...base, sysctl: many(900, 'z') }, problems: tooMany('args', 1501) })
  })

  test('may repeat them', () => {
    const list = Array.from({ length: 5000 }, (_, at) => ({ containerID: `c${at}`, ifname: 'eth0' }))
    const conf = { ...base, 'cni.dev/valid-attachments': list }
    expect(bound(conf)).toEqual({ object: conf, problems: [] })
  })

  test('are too many in the configuration itself', () => {
    const { object, problems } = bound({ ...base, ...many(2500) })
    expect(Object.keys(object as object).length).toBe(2000)
    expect(problems.length).toBe(1)
  })
})

test('what is left stands where it stood', () => {
  const whole = `{\n"args": {${JSON.stringify(many(2500)).slice(1)}\n ,\n "name" : "n" , "sysctl":\n${JSON.stringify(many(2500))}\n}`
  const { text } = boundNames(whole)
  expect(text.indexOf('"name"')).toBe(whole.indexOf('"name"'))
  expect(text.split('\n').length).toBe(whole.split('\n').length)
  expect(JSON.parse(text)).toEqual({ name: 'n' })
})
