import { describe, expect, test } from 'vitest'
import { readPositions } from '../../../plugin/json/positions.ts'
import { JsonSyntaxError } from '../../../plugin/json/syntax.ts'
import { errorOf } from '../../helpers/errors.ts'

const TEXT = `{
  "name": "n",
  "plugins": [
    { "type": "a" },
    {"sysctl":
\t{ "net.core.somaxconn": 1,
      "b": [[1, 22], {"é": 3}] } }
  ]
}`

describe('the place of a path', () => {
  test.each<[PropertyKey[], number, number]>([
    [[], 1, 1],
    [['name'], 2, 3],
    [['plugins'], 3, 3],
    [['plugins', 0], 4, 5],
    [['plugins', 0, 'type'], 4, 7],
    [['plugins', 1], 5, 5],
    [['plugins', 1, 'sysctl'], 5, 6],
    [['plugins', 1, 'sysctl', 'net.core.somaxconn'], 6, 4],
    [['plugins', 1, 'sysctl', 'b', 0, 1], 7, 17],
    [['plugins', 1, 'sysctl', 'b', 1, 'é'], 7, 23],
  ])('%j is line %i, column %i', (path, line, column) => {
    expect(readPositions(TEXT).placeOf(path)).toEqual({ line, column })
  })

  test.each<[string, PropertyKey[], number, number]>([
    ['a member that is not there', ['plugins', 1, 'sysctl', 'nosuch'], 5, 6],
    ['something inside a scalar', ['name', 'x', 3], 2, 3],
    ['an item beyond the end', ['plugins', 7, 'type'], 3, 3],
    ['a name that is an index', ['plugins', '0'], 3, 3],
    ['nothing of it', ['nosuch', 'at', 'all'], 1, 1],
  ])('of %s is that of what is around it', (_, path, line, column) => {
    expect(readPositions(TEXT).placeOf(path)).toEqual({ line, column })
  })

  test('lines end with CRLF as well as with LF', () => {
    expect(readPositions('{\r\n  "a": 1,\r\n  "b": 2 }').placeOf(['b'])).toEqual({ line: 3, column: 3 })
  })
})

test('members that are given twice are told where they are given again', () => {
  const { repeated, placeOf } = readPositions('{"a": {"x": 1, "x": 2}, "a": 3}')
  expect(repeated).toEqual([
    { path: ['a', 'x'], place: { line: 1, column: 16 } },
    { path: ['a'], place: { line: 1, column: 25 } },
  ])
  expect(placeOf(['a'])).toEqual({ line: 1, column: 25 })
})

test('a text that is not JSON throws', () => {
  expect(errorOf(() => readPositions('{"a": }'))).toEqual(new JsonSyntaxError('has "}" where a value should be', 6))
})
