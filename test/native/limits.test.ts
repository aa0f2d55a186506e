import { describe, expect, test } from 'vitest'
import { errorDocument, formatConf, PREV_RESULT } from '../helpers/requests.ts'
import { runAlone } from './engines.ts'
import { NATIVE, NATIVE_ONES } from './executables.ts'

describe.each(NATIVE_ONES)('%s', (_, executable) => {
  test.each([
    ['of ASCII', 'x'.repeat(10_000_000)],
    ['of other letters', 'ž漢'.repeat(2_000_000)],
    ['with 300,000 escapes', `${'x'.repeat(95)}"\\\n`.repeat(100_000)],
  ])('passes 10 MB %s through', async (_, text) => {
    const prevResult = { ...PREV_RESULT, text }
    const { status, stdout, stderr } = await runAlone(executable, {
      command: 'ADD',
      stdin: formatConf({ prevResult }),
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout === `${JSON.stringify(prevResult)}\n`).toBe(true)
  })

  test.each([
    ['arrays', '['],
    ['objects', '{"a":'],
  ])('refuses %s nested a million deep', async (_, open) => {
    const { status, stdout } = await runAlone(executable, { command: 'ADD', stdin: open.repeat(1_000_000) })
    expect(status).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ code: 6, msg: expect.stringMatching(/nested deeper than 500 levels$/) })
  })
})

test('the native executable says so when a request needs more memory than it may have', async () => {
  const arrays = Array<string>(8_000_000).fill('[]')
  const stdin = `{"cniVersion":"1.1.0","name":"net1","prevResult":{"a":[${arrays.join()}]}}`
  const { status, stdout, stderr } = await runAlone(NATIVE, { command: 'ADD', stdin })
  const msg = 'out of memory: the request needs more than 512 MB, or than there is'
  expect({ status, answer: JSON.parse(stdout), stderr }).toEqual({
    status: 1,
    answer: errorDocument(5, msg, 'what ADD had written by then is put back by DEL'),
    stderr: '',
  })
})
