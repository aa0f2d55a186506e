import { describe, expect, test } from 'vitest'
import { readStdin } from '../../../plugin/config/stdin.ts'
import { OsError } from '../../../plugin/os/os.ts'
import { errorOf, problemsOf } from '../../helpers/errors.ts'
import { createFakeOs } from '../../helpers/fake-os.ts'

function read(stdin: string | { fails: string }) {
  return readStdin(createFakeOs({ stdin }))
}

describe('what is not a JSON object is refused', () => {
  test.each([
    ['', 'stdin is empty', 'a runtime writes the network configuration to stdin'],
    [' \n', 'stdin is empty', 'a runtime writes the network configuration to stdin'],
    ['[]', 'stdin is not a JSON object', 'a network configuration is an object, {…}'],
    ['null', 'stdin is not a JSON object', 'a network configuration is an object, {…}'],
    ['"{}"', 'stdin is not a JSON object', 'a network configuration is an object, {…}'],
    [{ fails: 'EILSEQ' }, 'stdin is not UTF-8', 'JSON is UTF-8 (RFC 8259, section 8.1)'],
    [{ fails: 'EFBIG' }, 'stdin is too large', 'at most 33554432 bytes are read'],
  ])('%j', (stdin, msg, details) => {
    expect(problemsOf(() => read(stdin))).toEqual([{ code: 6, msg, details }])
  })

  test.each([
    ['{', 'line 1, column 2 ends where a name in double quotes should be'],
    ['{"a":1,\n }', 'line 2, column 2 has "}" where a name in double quotes should be'],
    ['{}\n{}', 'line 2, column 1 has "{" where the end should be'],
    ['\ufeff{}', 'line 1, column 1 has "\ufeff" where a value should be'],
    ['sysctl', 'line 1, column 1 has "s" where a value should be'],
  ])('%j: %s', (stdin, place) => {
    expect(problemsOf(() => read(stdin))).toEqual([{ code: 6, msg: `stdin is not JSON: ${place}` }])
  })
})

test('another failure to read is not the fault of the configuration', () => {
  expect(errorOf(() => read({ fails: 'EIO' }))).toEqual(new OsError('EIO', 'read', '/dev/stdin'))
})

describe('members that are given twice are found', () => {
  test.each([
    ['{"a":1,"a":1}', 'a is duplicated, given again in line 1, column 8'],
    ['{"a":1,"\\u0061":1}', 'a is duplicated, given again in line 1, column 8'],
    ['{"a":{"b c":1},\n"d":[{"e":{"f":1,\n"f":2}}]}', 'd[0].e.f is duplicated, given again in line 3, column 1'],
    ['{"prevResult":{"ips":1,"ips":2}}', 'prevResult.ips is duplicated, given again in line 1, column 24'],
    ['{"__proto__":1,"__proto__":2}', '__proto__ is duplicated, given again in line 1, column 16'],
  ])('%s', (stdin, msg) => {
    expect(read(stdin).inspect?.().repeated).toEqual([{ code: 7, msg, details: 'leave one of them' }])
  })

  test.each(['{"a":1,"A":2}', '{"a":{"b":1},"b":2}', '{"a":[{"b":1},{"b":1}]}', '{"a":{"b":1},"c":{"b":1}}'])(
    'and none in %s',
    (stdin) => {
      expect(read(stdin).inspect?.().repeated).toEqual([])
    },
  )
})

test('of thousands of members that are given twice twenty are told', () => {
  const stdin = `{${Array.from({ length: 3000 }, () => '"a":1').join(',')}}`
  expect(read(stdin).inspect?.().repeated).toHaveLength(20)
})

test.each([
  ['{"prevResult":{ "a":1 }}', '{ "a":1 }'],
  ['{"PREVRESULT":{"a":1}}', '{"a":1}'],
  ['{"PREVRESULT":{"a":1},"prevResult":{"b":1}}', '{"b":1}'],
  ['{"prevResult":{"b":1},"PREVRESULT":{"a":1}}', '{"b":1}'],
  ['{"x":{"prevResult":{"a":1}}}', undefined],
  // A blank before a colon: then every member is checked.
  ['{"x" :{"prevResult":{"a":1}}}', undefined],
  ['{"prevResult" :{"b":1},"x":{"prevResult":{"a":1}}}', '{"b":1}'],
  ['{"x":[{"prevResult":{"a":1}}],"PREVRESULT" :{"b":1}}', '{"b":1}'],
])('the text of prevResult in %s is %s', (stdin, text) => {
  expect(read(stdin).inspect?.().prevResultText).toBe(text)
})
