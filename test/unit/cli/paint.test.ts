import { describe, expect, test } from 'vitest'
import { createPaint } from '../../../plugin/cli/paint.ts'
import { createFakeOs, type FakeMachine } from '../../helpers/fake-os.ts'

const paintOf = (machine: FakeMachine) => createPaint(createFakeOs(machine))

describe('colours are', () => {
  test.each<[string, FakeMachine, boolean]>([
    ['on on a terminal', { isTerminal: true }, true],
    ['on where TERM says nothing against it', { isTerminal: true, env: { TERM: 'xterm-256color' } }, true],
    ['on with an empty NO_COLOR', { isTerminal: true, env: { NO_COLOR: '' } }, true],
    ['off in a file or a pipe', { isTerminal: false }, false],
    ['off with NO_COLOR', { isTerminal: true, env: { NO_COLOR: '1' } }, false],
    ['off with TERM=dumb', { isTerminal: true, env: { TERM: 'dumb' } }, false],
  ])('%s', (_, machine, isOn) => {
    expect(paintOf(machine).red('x')).toBe(isOn ? '\u001b[31mx\u001b[0m' : 'x')
  })
})

test('each colour has its own code, and nothing stays nothing', () => {
  const { bold, dim, red, yellow, green } = paintOf({ isTerminal: true })
  expect([bold, dim, red, yellow, green].map((paint) => paint('x').slice(2, -5))).toEqual([
    '1m',
    '2m',
    '31m',
    '33m',
    '32m',
  ])
  expect(red('')).toBe('')
})
