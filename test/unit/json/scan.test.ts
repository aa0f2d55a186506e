import { describe, expect, test } from 'vitest'
import type { Member } from '../../../plugin/json/member.ts'
import { MAX_DEPTH, scanJson } from '../../../plugin/json/scan.ts'
import { JsonSyntaxError, lineAndColumn } from '../../../plugin/json/syntax.ts'
import { errorOf } from '../../helpers/errors.ts'

function scan(text: string): Member[] {
  const members: Member[] = []
  scanJson(text, (member) => members.push(member))
  return members
}

describe('every member is told, at its end', () => {
  test.each([
    ['{}', []],
    ['[1,"a"]', []],
    ['{"a":1,"b":[]}', ['a=1', 'b=[]']],
    ['{"a":{"b":{"c":true}}}', ['a.b.c=true', 'a.b={"c":true}', 'a={"b":{"c":true}}']],
    [
      ' { "a" : [ { "b" : null } , { "b" : -1.5e+3 } ] } ',
      ['a.0.b=null', 'a.1.b=-1.5e+3', 'a=[ { "b" : null } , { "b" : -1.5e+3 } ]'],
    ],
    ['{"\\u0061\\"":"\\\\"}', ['a"="\\\\"']],
    ['[[],{},[{"a":{}}]]', ['2.0.a={}']],
    ['{"":{"":0}}', ['.=0', '={"":0}']],
  ])('%s', (text, told) => {
    const spans: string[] = []
    scanJson(text, ({ path, value }) => spans.push(`${path().join('.')}=${text.slice(value.start, value.end)}`))
    expect(spans).toEqual(told)
  })

  test('with its depth and whether it was there before', () => {
    const members = scan('{"a":{"a":1,"b":2,"a":3},"b":1,"a":2,"a":3}')
    expect(members.map(({ name, depth, isRepeated, nameStart }) => [name, depth, isRepeated, nameStart])).toEqual([
      ['a', 2, false, 6],
      ['b', 2, false, 12],
      ['a', 2, true, 18],
      ['a', 1, false, 1],
      ['b', 1, false, 25],
      ['a', 1, true, 31],
      ['a', 1, true, 37],
    ])
  })
})

describe('what is not JSON is refused, and where', () => {
  test.each([
    ['', 0, 'ends where a value should be'],
    [' ', 1, 'ends where a value should be'],
    ['{', 1, 'ends where a name in double quotes should be'],
    ['{"a"', 4, 'ends where ":" should be'],
    ['{"a":', 5, 'ends where a value should be'],
    ['{"a":1', 6, 'ends where "," or "}" should be'],
    ['{"a":1]', 6, 'has "]" where "," or "}" should be'],
    ['{"a":1,}', 7, 'has "}" where a name in double quotes should be'],
    ['{a:1}', 1, 'has "a" where a name in double quotes should be'],
    ['{"a" 1}', 5, 'has "1" where ":" should be'],
    ['[1', 2, 'ends where "," or "]" should be'],
    ['[1,]', 3, 'has "]" where a value should be'],
    ['[,1]', 1, 'has "," where a value should be'],
    ['[1 2]', 3, 'has "2" where "," or "]" should be'],
    ['01', 1, 'has "1" where the end should be'],
    ['-', 0, 'has "-" where a value should be'],
    ['.5', 0, 'has "." where a value should be'],
    ['1.', 1, 'has "." where the end should be'],
    ['1e', 1, 'has "e" where the end should be'],
    ['truely', 4, 'has "l" where the end should be'],
    ['True', 0, 'has "T" where a value should be'],
    ['NaN', 0, 'has "N" where a value should be'],
    ['"\u001f"', 1, 'has "\\u001f" where a character that a string may have should be'],
    ["'a'", 0, 'has "\'" where a value should be'],
    ['"a', 0, 'ends within a string'],
    ['"a\nb"', 2, 'has "\\n" where a character that a string may have should be'],
    ['"\\x"', 1, 'has "\\\\" where a character that a string may have should be'],
    ['"\\u12g4"', 1, 'has "\\\\" where a character that a string may have should be'],
    ['{}{}', 2, 'has "{" where the end should be'],
    ['// x', 0, 'has "/" where a value should be'],
    ['\u00a01', 0, 'has "\u00a0" where a value should be'],
    ['😀', 0, 'has "😀" where a value should be'],
  ])('%j', (text, offset, message) => {
    const error = errorOf(() => scan(text))
    expect(error).toBeInstanceOf(JsonSyntaxError)
    expect(error).toMatchObject({ message, offset })
  })
})

describe('nesting', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

  test(`of ${MAX_DEPTH} levels is read`, () => {
    expect(scan(nested(MAX_DEPTH))).toEqual([])
  })

  test('of more is refused', () => {
    expect(errorOf(() => scan(nested(MAX_DEPTH + 1)))).toMatchObject({
      name: 'JsonSyntaxError',
      message: 'is nested deeper than 500 levels',
      offset: MAX_DEPTH,
    })
  })

  test('costs no stack', () => {
    expect(errorOf(() => scan('{"a":['.repeat(1_000_000)))).toMatchObject({ name: 'JsonSyntaxError', offset: 1500 })
  })
})

test.each([
  ['abc', 0, { line: 1, column: 1 }],
  ['abc', 2, { line: 1, column: 3 }],
  ['a\nb', 1, { line: 1, column: 2 }],
  ['a\nb', 2, { line: 2, column: 1 }],
  ['a\r\n\nbc', 5, { line: 3, column: 2 }],
])('in %j the offset %i is %j', (text, offset, place) => {
  expect(lineAndColumn(text, offset)).toEqual(place)
})
