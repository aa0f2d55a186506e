import { describe, expect, test } from 'vitest'
import { findMemberText, isSurelyWhole, isTooDeep } from '../../../plugin/json/glance.ts'
import { MAX_DEPTH } from '../../../plugin/json/scan.ts'

function glance(text: string): boolean {
  return isSurelyWhole(text, JSON.parse(text))
}

describe('a glance tells that no member is given twice', () => {
  test.each(['{}', '{"a":1}', '{"a":{"b":1},"c":[{"b":1},{"b":2}]}', '[1,"a b",{"__proto__":1}]'])('%s', (text) => {
    expect(glance(text)).toBe(true)
  })

  test.each([
    ['a member is given twice', '{"a":1,"a":2}'],
    ['one is given twice deep inside', '{"b":[{"a":1,"a":2}]}'],
    ['a name has a blank after it, so that a second one of it would not be counted', '{"a" :1,"a":2}'],
    ['an escape may hide a name', '{"\\u0061":1}'],
    ['an escape may hide a quote', '{"a":"\\":"}'],
    ['a string starts like the end of a name', '{"a":":"}'],
    ['there are lines', '{\n"a":1}'],
  ])('and not where %s', (_, text) => {
    expect(glance(text)).toBe(false)
  })

  test('and not above the bound on nesting', () => {
    const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
    expect([glance(nested(MAX_DEPTH)), glance(nested(MAX_DEPTH + 1))]).toEqual([true, false])
    const inObjects = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
    expect([glance(inObjects(MAX_DEPTH)), glance(inObjects(MAX_DEPTH + 1))]).toEqual([true, false])
  })
})

describe('what is nested too deep', () => {
  const depthOf = (text: string) => isTooDeep(text, JSON.parse(text))
  test.each([
    ['lists', '[', ']'],
    ['objects', '{"a":', '}'],
    ['both', '[{"a":', '}]'],
  ])('is told of %s', (_, open, close) => {
    const most = MAX_DEPTH / (open.length === 6 ? 2 : 1)
    const nested = (levels: number) => `${open.repeat(levels)}1${close.repeat(levels)}`
    expect([depthOf(nested(most)), depthOf(nested(most + 1))]).toEqual([false, true])
  })

  test('is not what has many brackets beside each other, or in a string', () => {
    expect(depthOf(JSON.stringify(Array.from({ length: 2 * MAX_DEPTH }, () => ({ a: [] }))))).toBe(false)
    expect(depthOf(JSON.stringify(['[{'.repeat(MAX_DEPTH)]))).toBe(false)
  })
})

describe('the text of a member', () => {
  test.each([
    ['{"a":1,"p":{"x":[1,"b"]}}', '{"x":[1,"b"]}'],
    ['{"p":{}}', '{}'],
  ])('is found in %s', (text, found) => {
    expect(findMemberText(text, 'p', JSON.parse(text).p)).toBe(found)
  })

  test.each([
    ['its name is in the text a second time', '{"p":{},"a":{"p":{}}}'],
    ['its name is another one as well', '{"p":{"a":"p"}}'],
    ['it is written otherwise', '{"p":{"x":1.0}}'],
    ['a number of it is too large for JavaScript', '{"p":{"x":9007199254740993}}'],
    ['its integer names are in another order', '{"p":{"b":1,"1":2}}'],
    ['there is none', '{"a":1}'],
  ])('is not found where %s', (_, text) => {
    expect(findMemberText(text, 'p', JSON.parse(text).p)).toBe(undefined)
  })
})
