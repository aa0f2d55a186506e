import { describe, expect, test } from 'vitest'
import { setMember } from '../../../plugin/json/edit.ts'

test.each([
  ['is replaced', '{"a":1,"v":"0.4.0","b":2}', '{"a":1,"v":"x","b":2}'],
  ['is replaced and its spacing kept', '{ "v" :\n "0.4.0" }', '{ "v" :\n "x" }'],
  ['is replaced whatever it was', '{"v":{"v":[1,{"v":2}]}}', '{"v":"x"}'],
  ['is found behind an escape', '{"\\u0076":1}', '{"\\u0076":"x"}'],
  ['is put at the start', '{"a":1}', '{"v":"x","a":1}'],
  ['is put into an empty object', '{}', '{"v":"x"}'],
  ['is put into an empty object with a blank', '{ }', '{"v":"x" }'],
  ['is put after blanks before the object', ' \n{"a":1}', ' \n{"v":"x","a":1}'],
  ['is put after blanks before the first member', '{\n  "a":1}', '{\n  "v":"x","a":1}'],
  ['inside another is left alone', '{"a":{"v":1},"b":[{"v":2}]}', '{"v":"x","a":{"v":1},"b":[{"v":2}]}'],
  ['in another case is left alone', '{"V":1}', '{"v":"x","V":1}'],
  ['leaves large numbers', '{"n":12345678901234567890.10,"v":1}', '{"n":12345678901234567890.10,"v":"x"}'],
])('a member %s: %s', (_, text, edited) => {
  expect(setMember(text, ['v'], 'x')).toBe(edited)
})

describe('a member deep inside', () => {
  test.each([
    ['is replaced', '{"a":[{"v":1},{"b":2,"v":3}],"v":4}', '{"a":[{"v":1},{"b":2,"v":"x"}],"v":4}'],
    ['is added', '{"a":[{"v":1},{ "b":2}]}', '{"a":[{"v":1},{ "v":"x","b":2}]}'],
    ['is not that of another array', '{"b":[0,{"v":1}],"a":[0,{"v":2}]}', '{"b":[0,{"v":1}],"a":[0,{"v":"x"}]}'],
    ['is not deeper', '{"a":[0,{"w":{"v":1}}]}', '{"a":[0,{"v":"x","w":{"v":1}}]}'],
  ])('%s: %s', (_, text, edited) => {
    expect(setMember(text, ['a', 1, 'v'], 'x')).toBe(edited)
  })
})
