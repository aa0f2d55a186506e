import { describe, expect, test } from 'vitest'
import { isJsonObject, pickMembers } from '../../../plugin/config/members.ts'
import { problemsOf } from '../../helpers/errors.ts'

describe('known members are picked', () => {
  test.each([
    ['as they are spelled', { sysctl: 1, args: 2 }, { sysctl: 1, args: 2 }],
    ['in another case', { Sysctl: 1, ARGS: 2 }, { sysctl: 1, args: 2 }],
    ['the exact spelling first', { SYSCTL: 1, sysctl: 2, Sysctl: 3 }, { sysctl: 2 }],
    ['without unknown ones', { sysctl: 1, sysctls: 2, type: 'x' }, { sysctl: 1 }],
    ['without null, as Go reads it', { sysctl: null }, {}],
    ['without null in the exact spelling, too', { sysctl: null, Sysctl: 1 }, {}],
    ['with what is false or empty', { sysctl: false, args: '' }, { sysctl: false, args: '' }],
    ['and not those of every object', JSON.parse('{"__proto__":{"sysctl":1}}'), {}],
  ])('%s', (_, object, picked) => {
    expect(pickMembers(object, ['sysctl', 'args'], [])).toEqual(picked)
  })
})

test('two spellings of which none is exact are refused', () => {
  expect(problemsOf(() => pickMembers({ SYSCTL: 1, Sysctl: 2 }, ['sysctl'], ['args', 'cni']))).toEqual([
    { code: 7, msg: 'args.cni.sysctl is duplicated, given as SYSCTL and Sysctl', details: 'leave one of them' },
  ])
})

test.each([
  [{}, true],
  [[], false],
  [null, false],
  ['', false],
  [1, false],
  [undefined, false],
])('%j is a JSON object: %s', (value, isObject) => {
  expect(isJsonObject(value)).toBe(isObject)
})
