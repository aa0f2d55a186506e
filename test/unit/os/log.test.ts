import { expect, test } from 'vitest'
import { log } from '../../../plugin/os/log.ts'
import { errorOf } from '../../helpers/errors.ts'
import { createFakeOs } from '../../helpers/fake-os.ts'

test('a line says whose it is', () => {
  const os = createFakeOs({})
  log(os, 'one')
  log(os, 'two')
  expect(os.stderr()).toBe('netns-sysctl: one\nnetns-sysctl: two\n')
})

test("others' control characters are shown, and no text looks like another message", () => {
  const os = createFakeOs({})
  log(os, 'a\u001b[2Jb\rc\u202ed\tnetns-sysctl: e\nnetns-sysctl: f')
  expect(os.stderr()).toBe('netns-sysctl: a\\u{1b}[2Jb\\u{d}c\\u{202e}d\tnetns-sysctl: e\n  netns-sysctl: f\n')
})

test('a closed stderr is not a failure', () => {
  expect(log(createFakeOs({ stderrFails: 'EPIPE' }), 'one')).toBe(undefined)
})

test('a bug in writing is not hidden', () => {
  const bug = new TypeError('bug')
  const writeStderr = () => {
    throw bug
  }
  expect(errorOf(() => log({ ...createFakeOs({}), writeStderr }, 'one'))).toBe(bug)
})
