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

/** The message if `largest` has `count` names. */
const tooMany = (largest: string, count: number) => [
  {
    code: 7,
    msg: `the configuration has more than 2000 different names; ${largest} has ${count}`,
    details: 'name fewer members and sysctls',
  },
]

describe('a text that is short', () => {
  test('stays as it is, whatever it is', () => {
    expect(boundNames('{"a":')).toEqual({ text: '{"a":', brief: '{"a":', problems: [] })
  })
})

describe('a text with fewer than 1000 different names', () => {
  const unread = { runtimeConfig: { [PODS]: { other: 'x' } } }
  const list = (count: number) => Array.from({ length: count }, (_, at) => ({ containerID: `c${at}`, ifname: 'eth0' }))

  test.each([
    ['of 998 colons', many(995)],
    ['of few colons and an escape', { a: '"' }],
    ['of many colons and 997 names', { valid: list(600), ...many(994) }],
    ['of a list of attachments', { valid: list(5000) }],
  ])('%s keeps even the annotations that nobody reads', (_, members) => {
    const conf = { ...members, ...unread }
    expect(bound(conf).object).toEqual(conf)
  })

  test.each([
    ['of 999 colons', many(996)],
    ['of many colons and a name more', { valid: list(600), ...many(995) }],
  ])('is none %s', (_, members) => {
    expect(bound({ ...members, ...unread }).object).toEqual({ ...members, runtimeConfig: { [PODS]: {} } })
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
    const conf = { ...base, ...many(1100), runtimeConfig: { [PODS]: value } }
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
      runtimeConfig: { annotation: 'x3', [PODS]: many(1100) },
    }
    expect(bound(conf).object).toEqual({ ...conf, runtimeConfig: { annotation: 'x3', [PODS]: {} } })
  })

  test('may be there under two spellings', () => {
    const conf = { ...base, pod: { annotation: 'mine' } }
    const sent = { [PODS]: { ...many(1100), mine: 'a' } }
    expect(bound({ ...conf, runtimeConfig: sent, RuntimeConfig: sent }).object).toEqual({
      ...conf,
      runtimeConfig: { [PODS]: { mine: 'a' } },
      RuntimeConfig: { [PODS]: { mine: 'a' } },
    })
  })

  test('are asked for by a text only', () => {
    const sent = { ...many(1100), netns: 'a', 'x1 ': 'b' }
    for (const annotation of [1, null, ['x1'], { a: 'x1' }]) {
      const conf = { ...base, pod: { annotation }, runtimeConfig: { [PODS]: sent } }
      expect((bound(conf).object as typeof conf).runtimeConfig[PODS]).toEqual({})
    }
  })

  test('are texts, wherever they stand', () => {
    const sent = { ...many(1100), mine: { mine: 'deep' } }
    const conf = { ...base, pod: { annotation: 'mine' }, runtimeConfig: { [PODS]: sent } }
    expect((bound(conf).object as typeof conf).runtimeConfig[PODS]).toEqual({})
    const elsewhere = {
      ...base,
      sysctl: many(1100),
      pod: { annotation: 'mine' },
      other: { [PODS]: { a: 'b' } },
      [PODS]: { c: 'd' },
    }
    expect(bound(elsewhere).object).toEqual(elsewhere)
  })

  test('are those of runtimeConfig itself, not of what is in it', () => {
    const conf = {
      ...base,
      sysctl: many(1100),
      runtimeConfig: { inner: { [PODS]: { a: 'b' } }, runtimeConfigs: 1 },
      runtimeconfigs: { [PODS]: { a: 'b' } },
    }
    expect(bound(conf).object).toEqual(conf)
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

  test.each([
    ['runtimeConfig', 'other'],
    ['other', PODS],
  ])('in %s.%s, which has no annotations, is left out', (outer, inner) => {
    const conf = { ...base, [outer]: { [inner]: many(2500) } }
    expect(bound(conf)).toEqual({ object: base, problems: tooMany(outer, 2502) })
  })

  test('in all is left out, the largest first', () => {
    const conf = { args: many(1500), ...base, sysctl: many(900, 'z') }
    expect(bound(conf)).toEqual({ object: { ...base, sysctl: many(900, 'z') }, problems: tooMany('args', 1501) })
  })

  test('has them in it up to that number', () => {
    const conf = { ...base, sysctl: many(2000 - 4) }
    expect(bound(conf)).toEqual({ object: conf, problems: [] })
    expect(bound({ ...base, sysctl: many(2000 - 3) })).toEqual({ object: base, problems: tooMany('sysctl', 1998) })
  })

  test('may stand first, last and between others', () => {
    const conf = { a: many(1000), b: 1, c: many(1500, 'c'), d: 2, e: many(1400, 'e') }
    expect(bound({ ...LONG, ...conf }).object).toEqual({ ...LONG, a: conf.a, b: 1, d: 2 })
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

describe('many names that are nearly all the same', () => {
  const list = (count: number, more: object = {}) =>
    Array.from({ length: count }, (_, at) => ({ containerID: `c${at}`, ifname: 'eth0', ...more }))

  test.each([
    ['as Go writes it', list(5000)],
    ['with colons in the values', list(5000, { at: 'a:b', 'd:e': ':' })],
    ['with escapes', list(5000, { at: 'a\\"b' })],
  ])('%s: a list of attachments stays whole', (_, valid) => {
    const conf = { ...base, 'cni.dev/valid-attachments': valid }
    expect(bound(conf)).toEqual({ object: conf, problems: [] })
  })

  test.each([
    ['a colon in them', 'x:'],
    ['an escaped quote in them', 'x"'],
    ['nothing odd', 'x'],
  ])('do not hide those that are not, with %s', (_, prefix) => {
    const conf = { ...base, valid: list(5000), sysctl: many(2500, prefix) }
    const { problems } = bound(conf)
    expect(problems).toEqual(tooMany('sysctl', 2501))
  })

  test('do not hide those whose quotes are escaped to look the same', () => {
    const same = Object.fromEntries(Array.from({ length: 2500 }, (_, at) => [`${at}"containerID`, 1]))
    expect(bound({ ...base, valid: list(5000), sysctl: same }).problems).toEqual(tooMany('sysctl', 2501))
  })
})
