import { describe, expect, test } from 'vitest'
import { CliError, UsageError } from '../../../plugin/cli/cli-error.ts'
import { wordError } from '../../../plugin/cli/errors.ts'
import { CniError, ErrorCode } from '../../../plugin/cni/error.ts'
import { OsError } from '../../../plugin/os/os.ts'

describe('what the system refuses is put in words', () => {
  test.each([
    ['ENOENT', '/a/b: there is no such file or folder (ENOENT)'],
    ['ENOTDIR', '/a/b: something on the way to it is not a folder (ENOTDIR)'],
    ['EISDIR', '/a/b: is a folder (EISDIR)'],
    ['EACCES', '/a/b: permission denied; run it as root (EACCES)'],
    ['EPERM', '/a/b: permission denied; run it as root (EPERM)'],
    ['EROFS', '/a/b: is on a read-only file system (EROFS)'],
    ['ENOSPC', '/a/b: no space is left on the device (ENOSPC)'],
    ['ELOOP', '/a/b: is a symbolic link (ELOOP)'],
    ['EIO', 'open /a/b: EIO'],
  ])('%s', (errno, words) => {
    expect(wordError(new OsError(errno, 'open', '/a/b'))).toBe(words)
  })
})

test('what was worded before stays as it is', () => {
  expect(wordError(new CliError('no'))).toBe('no')
  expect(wordError(new UsageError('not so'))).toBe('not so')
  expect(wordError(new CniError({ code: ErrorCode.invalidConfig, msg: 'wrong', details: 'more' }))).toBe('wrong')
})

test.each([
  ['an Error with a stack', Object.assign(new Error('x'), { stack: 'Error: x\n    at y' }), 'Error: x\n    at y'],
  ['an Error without one', Object.assign(new Error('x'), { stack: undefined }), 'x'],
  ['anything else', 'thrown', 'thrown'],
])('%s is a bug', (_, error, trace) => {
  expect(wordError(error)).toBe(`a bug in netns-sysctl; please report it, with these lines:\n${trace}`)
})
