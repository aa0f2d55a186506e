import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildTimer, gatherExecutables, removeExecutables } from '../bench/executables.ts'
import { FLOOR } from '../bench/rows.ts'

const folder = mkdtempSync(join(tmpdir(), 'netns-sysctl-bench-test-'))
const input = join(folder, 'input')
let timer = ''
let empty = ''

beforeAll(() => {
  writeFileSync(input, '')
  empty = gatherExecutables((who) => who === FLOOR).find(({ kind }) => kind === 'empty')?.file ?? ''
  timer = buildTimer()
})

afterAll(() => {
  removeExecutables()
  rmSync(folder, { recursive: true, force: true })
})

const time = (...words: readonly string[]) => spawnSync(timer, words, { encoding: 'utf8' })

test('an empty static program is not credited with the memory of what has started it', () => {
  const kilobytes = Number(time('--memory', input, empty, '/proc/self/ns/net').stdout)
  expect(kilobytes).toBeGreaterThan(0)
  expect(kilobytes).toBeLessThan(200)
})

test('the memory of a program with threads is its own', () => {
  const kilobytes = Number(time('--memory', input, process.execPath, '/proc/self/ns/net').stdout)
  expect(kilobytes).toBeGreaterThan(20_000)
})

test('the time of a clock and of CPUs is told in nanoseconds', () => {
  const nanoseconds = Number(time(input, empty, '/proc/self/ns/net').stdout)
  expect(nanoseconds).toBeGreaterThan(10_000)
  expect(time('--cpu', input, empty, '/proc/self/ns/net').stdout).toMatch(/^\d+\n$/)
})

test.each([[[]], [['--cpu']], [['--memory']]])('%j: a program that fails is not measured', (options) => {
  const { status, stdout, stderr } = time(...options, input, '/bin/false', '/proc/self/ns/net')
  expect(status).toBe(1)
  expect(stdout).toBe('')
  expect(stderr).toContain('status 0x100')
})
