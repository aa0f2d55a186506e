import { describe, expect, test } from 'vitest'
import { blocksOf } from '../documents/blocks.ts'
import { comparable } from '../documents/compare.ts'
import { reasonNotToRun } from '../documents/not-run.ts'

const isSame = (seen: string, shown: string) => {
  const compared = comparable(seen, shown)
  return compared.seen === compared.shown
}

describe('the commands of a document', () => {
  test('are the lines of a script, without comments, and a line that goes on is one', () => {
    const text = 'Text\n\n```sh\none a \\\n    b   # why\n\n# only why\ntwo\n```\n'
    expect(blocksOf('x.md', text)).toEqual([
      { page: 'x.md', line: 3, steps: [{ command: 'one a b' }, { command: 'two' }] },
    ])
  })

  test('are the lines with a prompt, each with what is shown below it', () => {
    const text = '```json\n{}\n```\n\n```console\n$ one\n# HELP x\n  y\n\n$ two\n```\n'
    expect(blocksOf('x.md', text)).toEqual([
      {
        page: 'x.md',
        line: 5,
        steps: [
          { command: 'one', shown: '# HELP x\n  y' },
          { command: 'two', shown: '' },
        ],
      },
    ])
  })

  test('are run unless they are in the list', () => {
    expect(reasonNotToRun('kubectl get pods')).toBe('there is no cluster here')
    expect(reasonNotToRun('netns-sysctl status')).toBeUndefined()
  })
})

describe('what was printed', () => {
  test.each([
    ['is the same as is shown', 'a 1\nb', 'a 1\nb', true],
    ['has another number', 'a 2', 'a 1', false],
    ['has other columns', 'a   1', 'a 1', true],
    ['has other lines where … stands', 'a\nx\ny\nb', 'a\n…\nb', true],
    ['has no line where … stands', 'a\nb', 'a\n…\nb', true],
    ['has other lines at the end, where … stands', 'a\nx\ny', 'a\n…', true],
    ['has another line behind …', 'a\nx\nc', 'a\n…\nb', false],
    ['has one line more', 'a\nb\nc', 'a\nb', false],
    ['has one line less', 'a', 'a\nb', false],
    ['has another count of what varies', '3 dropped in 5 s', '125 dropped in 5.1 s', true],
  ])('%s', (_, seen, shown, isEqual) => {
    expect(isSame(seen, shown)).toBe(isEqual)
  })
})
