import { statSync } from 'node:fs'
import { expect, test } from 'vitest'
import { run } from '../helpers/netns.ts'
import { NATIVE } from './executables.ts'

test('the native executable is at most 2.5 MB', () => {
  expect(statSync(NATIVE).size).toBeLessThanOrEqual(2_500_000)
})

test('the native executable depends on no library and has no page that may be written and run', () => {
  const { stdout } = run(['readelf', '--wide', '--program-headers', NATIVE])
  expect(stdout).not.toMatch(/INTERP|DYNAMIC/)
  expect(stdout).toMatch(/GNU_RELRO/)
  expect(stdout).toMatch(/GNU_STACK.* RW /)
  expect(stdout).not.toMatch(/RWE/)
})
