import { describe, expect, test } from 'vitest'
import { createPainter } from '../../../plugin/cli/paint.ts'
import { createFakeOs, type FakeMachine } from '../../helpers/fake-os.ts'

const paintOf = (machine: FakeMachine) => createPainter(createFakeOs(machine)).paint

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

describe('a report on a terminal', () => {
  const painter = () => createPainter(createFakeOs({ isTerminal: true }))

  test('has its own colours', () => {
    const { paint, show } = painter()
    const text = `${paint.bold('a')} ${paint.red('b')}\n`
    expect(show(text)).toBe(text)
  })

  test("shows others' control characters", () => {
    const { paint, show } = painter()
    expect(show(`${paint.bold('a\u001b]0;x\u0007')}\u202e\n`)).toBe('\u001b[1ma\\u{1b}]0;x\\u{7}\u001b[0m\\u{202e}\n')
  })

  test("has no colour where another's text has one, which could not be told apart", () => {
    const { paint, show } = painter()
    expect(show(`${paint.red('error')}: \u001b[32mfine\u001b[0m \u001b[2J\n`)).toBe('error: fine \\u{1b}[2J\n')
  })

  test("shows another's colours where it has none of its own", () => {
    expect(painter().show('\u001b[32mfine')).toBe('\\u{1b}[32mfine')
  })
})
