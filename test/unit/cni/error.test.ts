import { expect, test } from 'vitest'
import { CniError, collect, formatError, type Problem, throwProblems } from '../../../plugin/cni/error.ts'
import { errorOf, problemsOf } from '../../helpers/errors.ts'

const FIRST: Problem = { code: 7, msg: 'first', details: 'mend it' }
const SECOND: Problem = { code: 101, msg: 'second', details: 'mend it' }
const THIRD: Problem = { code: 2, msg: 'third', details: 'or that' }

test('an error is one JSON document on a line, members in this order', () => {
  expect(formatError(new CniError({ code: 7, msg: 'a "b"', details: 'c\nd' }), '1.0.0')).toBe(
    '{"cniVersion":"1.0.0","code":7,"msg":"a \\"b\\"","details":"c\\\\u{a}d"}\n',
  )
})

test('an error of several problems has the code of the first, all messages, and every detail once', () => {
  expect(JSON.parse(formatError(new CniError(FIRST, SECOND, THIRD), '1.1.0'))).toEqual({
    cniVersion: '1.1.0',
    code: 7,
    msg: 'first; second; third',
    details: 'mend it; or that',
  })
})

test('an error without a version or details has the latest and none', () => {
  expect(formatError(new CniError({ code: 4, msg: 'm' }), undefined)).toBe(
    '{"cniVersion":"1.1.0","code":4,"msg":"m","details":""}\n',
  )
})

test('problems are collected and thrown together', () => {
  const problems: Problem[] = []
  const found = collect(problems, () => 'found')
  const missing = collect(problems, () => {
    throw new CniError(FIRST, SECOND)
  })
  collect(problems, () => {
    throw new CniError(THIRD)
  })
  expect([found, missing]).toEqual(['found', undefined])
  expect(problemsOf(() => throwProblems(problems))).toEqual([FIRST, SECOND, THIRD])
})

test('nothing is thrown where there is no problem', () => {
  expect(throwProblems([])).toBe(undefined)
})

test('an error of another kind is not collected', () => {
  const bug = new TypeError('bug')
  const thrown = errorOf(() =>
    collect([], () => {
      throw bug
    }),
  )
  expect(thrown).toBe(bug)
})

test('a message has an end, however many problems there are', () => {
  const [first, ...rest] = [...Array(5000).keys()].map((number): Problem => {
    return { code: 7, msg: `problem ${number}`, details: `detail ${number}` }
  })
  const { msg, details } = JSON.parse(formatError(new CniError(first as Problem, ...rest), '1.1.0'))
  expect(msg).toMatch(/^problem 0; problem 1; .*… \(5000 in all\)$/)
  expect(details).toMatch(/^detail 0; detail 1; .*… \(5000 in all\)$/)
  expect([msg.length, details.length]).toEqual([16 * 1024 + 15, 16 * 1024 + 15])
})
