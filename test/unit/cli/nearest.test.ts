import { expect, test } from 'vitest'
import { formatNearest } from '../../../plugin/cli/nearest.ts'

const KNOWN = ['sysctl', 'inherit', 'mtu', 'restoreOnDel']

test.each([
  ['sysctls', 'sysctl'],
  ['sysclt', 'sysctl'],
  ['inherits', 'inherit'],
  ['restoreondell', 'restoreOnDel'],
  ['restore', undefined],
  ['mtus', 'mtu'],
  ['x', undefined],
  ['ab', undefined],
  ['somethingElse', undefined],
])('for %s it offers %s', (name, nearest) => {
  expect(formatNearest(name, KNOWN)).toBe(nearest === undefined ? '' : `; did you mean ${nearest}?`)
})

test('of nothing known it offers nothing', () => {
  expect(formatNearest('a', [])).toBe('')
})
