import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { run } from '../helpers/netns.ts'
import { NATIVE_AMD64, NATIVE_ARM64, unpack } from './archives.ts'

describe.each([
  ['x64', NATIVE_AMD64],
  ['arm64', NATIVE_ARM64],
])('the native executable for %s', (_, archive) => {
  const folder = unpack(archive)
  const executable = join(folder, 'netns-sysctl')
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('is at most 2.5 MB', () => {
    expect(statSync(executable).size).toBeLessThanOrEqual(2_500_000)
  })

  test('depends on no library and has no page that may be written and run', () => {
    const { stdout } = run(['readelf', '--wide', '--program-headers', '--dynamic', executable])
    expect(stdout).toContain('There is no dynamic section in this file.')
    expect(stdout).not.toMatch(/INTERP|DYNAMIC|RWE/)
    expect(stdout).toMatch(/GNU_STACK.* RW /)
  })
})
