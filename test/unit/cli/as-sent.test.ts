import { expect, test } from 'vitest'
import { asSent } from '../../../plugin/cli/as-sent.ts'

test('the members come sorted by name, at every depth, and arrays as they are', () => {
  const { text, object } = asSent({ b: { '-x': 1, a: [{ d: 1, c: null }, 'z', 'y'] }, a: true, B: undefined })
  expect(text).toBe('{"a":true,"b":{"-x":1,"a":[{"c":null,"d":1},"z","y"]}}')
  expect(object).toEqual({ a: true, b: { '-x': 1, a: [{ c: null, d: 1 }, 'z', 'y'] } })
})

test('names that JavaScript would move to the front stay where they sort, in the text', () => {
  expect(asSent({ '123': 1, '*': 2, '-': 3 }).text).toBe('{"*":2,"-":3,"123":1}')
})
