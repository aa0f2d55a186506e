import { expect, test } from 'vitest'
import { formatTable, formatValue } from '../../../plugin/cli/table.ts'

test('columns are aligned, with two blanks between them and none at the end', () => {
  expect(
    formatTable([
      ['NAME', 'VALUE', ''],
      ['a', '1', 'x'],
      ['long-name', '', ''],
    ]),
  ).toBe('NAME       VALUE\na          1      x\nlong-name\n')
})

test('a row may be shorter than the others', () => {
  expect(formatTable([['a'], ['bb', 'c']])).toBe('a\nbb  c\n')
})

test('characters beyond ASCII count as one', () => {
  expect(
    formatTable([
      ['é𝒳', '1'],
      ['abc', '2'],
    ]),
  ).toBe('é𝒳   1\nabc  2\n')
})

test('colours do not count', () => {
  const style = (cell: string, row: number, column: number) => (row === 1 && column === 0 ? `<${cell}>` : cell)
  expect(
    formatTable(
      [
        ['abc', '1'],
        ['d', '2'],
      ],
      style,
    ),
  ).toBe('abc  1\n<d>    2\n')
})

test('no rows are no lines', () => {
  expect(formatTable([])).toBe('')
})

test.each([
  ['1024\t65535', '1024 65535'],
  ['a  b\nc', 'a b c'],
  ['', ''],
  [null, '-'],
])('the value %j is shown as %j', (value, shown) => {
  expect(formatValue(value)).toBe(shown)
})
