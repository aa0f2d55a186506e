import fc from 'fast-check'
import { expect, test } from 'vitest'
import { setMember } from '../../plugin/json/edit.ts'
import { scanJson } from '../../plugin/json/scan.ts'
import { JsonSyntaxError } from '../../plugin/json/syntax.ts'
import { anyText, blank, formatMembers, jsonMembers, jsonText, mutated } from '../helpers/arbitraries.ts'
import { runs } from '../helpers/runs.ts'

const RUNS = runs(3000)

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function isScanned(text: string): boolean {
  try {
    scanJson(text, () => {})
    return true
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    expect(error.offset).toBeGreaterThanOrEqual(0)
    expect(error.offset).toBeLessThanOrEqual(text.length)
    return false
  }
}

test('what is made as JSON is accepted', () => {
  fc.assert(
    fc.property(jsonText, (text) => {
      expect([isJson(text), isScanned(text)]).toEqual([true, true])
    }),
    RUNS,
  )
})

test.each([
  ['JSON with errors in it', mutated(jsonText)],
  ['any text', anyText],
])('of %s exactly that is accepted which JSON.parse accepts', (_, texts) => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(isScanned(text)).toBe(isJson(text))
    }),
    RUNS,
  )
})

test('the errors put into JSON leave some of it good and some bad', () => {
  const good = fc.sample(mutated(jsonText), { numRuns: 1000, seed: 1 }).filter(isJson).length
  expect(good).toBeGreaterThan(100)
  expect(good).toBeLessThan(900)
})

test('each member is told once, with its way and its text', () => {
  fc.assert(
    fc.property(jsonText, (text) => {
      const root: unknown = JSON.parse(text)
      let told = 0
      scanJson(text, ({ name, depth, isRepeated, nameStart, value, path }) => {
        told += 1
        const way = path()
        expect([way.length, way.at(-1), isRepeated]).toEqual([depth, name, false])
        expect(text.slice(nameStart)).toMatch(/^"/)
        expect(JSON.parse(text.slice(value.start, value.end))).toStrictEqual(follow(root, way))
      })
      expect(told).toBe(countMembers(root))
    }),
    RUNS,
  )
})

function follow(root: unknown, way: readonly (string | number)[]): unknown {
  return way.reduce<unknown>((value, step) => Object.getOwnPropertyDescriptor(value, step)?.value, root)
}

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const inside = Object.values(value).reduce<number>((sum, item) => sum + countMembers(item), 0)
  return Array.isArray(value) ? inside : inside + Object.keys(value).length
}

test('setting a member keeps all the rest, exactly', () => {
  fc.assert(
    fc.property(jsonMembers, blank, fc.nat(), jsonText, fc.jsonValue(), (all, between, at, before, value) => {
      const members = all.filter(([name]) => JSON.parse(name) !== 'cniVersion')
      const put = (text: string) => {
        return formatMembers(members.toSpliced(at % (members.length + 1), 0, ['"cniVersion"', text]), between)
      }
      expect(setMember(put(before.trim()), ['cniVersion'], value)).toBe(put(`${JSON.stringify(value)}`))
    }),
    RUNS,
  )
})

test('a member that was not there is added, and all the rest kept', () => {
  fc.assert(
    fc.property(jsonMembers, blank, fc.jsonValue(), (all, between, value) => {
      const members = all.filter(([name]) => JSON.parse(name) !== 'cniVersion')
      const text = formatMembers(members, between)
      const edited = setMember(text, ['cniVersion'], value)
      const [start, comma] = members.length === 0 ? ['{', ''] : [`{${between}`, ',']
      expect(edited).toBe(text.replace(start, () => `${start}"cniVersion":${JSON.stringify(value)}${comma}`))
      expect(isJson(edited)).toBe(true)
    }),
    RUNS,
  )
})

/** A path in arrays and objects, and the text around its end: `['a', 1]` and `{"x":1,"a":[0,@],"y":2}`. */
const surroundings = fc
  .array(fc.tuple(fc.constantFrom('list', 'object'), jsonText, blank), { minLength: 1, maxLength: 4 })
  .map((levels) =>
    levels.reduceRight<{ path: (string | number)[]; text: string }>(
      ({ path, text }, [kind, other, between]) =>
        kind === 'list'
          ? { path: [1, ...path], text: `[${other},${between}${text}${between}]` }
          : { path: ['in', ...path], text: `{${between}"other":${other}, "in" :${text},"after":${other}${between}}` },
      { path: [], text: '@' },
    ),
  )

test('setting a member deep inside keeps all the rest, exactly', () => {
  fc.assert(
    fc.property(surroundings, jsonMembers, blank, jsonText, fc.jsonValue(), (around, all, between, before, value) => {
      const members = all.filter(([name]) => JSON.parse(name) !== 'mac')
      const put = (text: string) => {
        return around.text.replace('@', () => formatMembers([...members, ['"mac"', text]], between))
      }
      fc.pre(!around.text.replace('@', '').includes('@'))
      expect(setMember(put(before.trim()), [...around.path, 'mac'], value)).toBe(put(JSON.stringify(value)))
    }),
    RUNS,
  )
})

test('adding a member deep inside keeps all the rest, exactly', () => {
  fc.assert(
    fc.property(surroundings, jsonMembers, blank, fc.jsonValue(), (around, all, between, value) => {
      const members = all.filter(([name]) => JSON.parse(name) !== 'mac')
      fc.pre(members.length > 0 && !around.text.replace('@', '').includes('@'))
      const text = around.text.replace('@', () => formatMembers(members, between))
      const edited = setMember(text, [...around.path, 'mac'], value)
      expect(edited.replace(`"mac":${JSON.stringify(value)},`, '')).toBe(text)
      const parent = follow(JSON.parse(edited), around.path) as Record<string, unknown>
      expect(JSON.stringify(parent.mac)).toBe(JSON.stringify(value))
    }),
    RUNS,
  )
})
