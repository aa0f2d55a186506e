import { describe, expect, test } from 'vitest'
import { visible, visibleJson, visibleLine } from '../../../plugin/os/visible.ts'

const C0 = Array.from({ length: 32 }, (_, code) => code).filter((code) => code !== 9 && code !== 10)
const C1 = Array.from({ length: 33 }, (_, index) => 0x7f + index)
const DIRECTION = [0x61c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069]
const NO_WIDTH = [0xad, 0x200b, 0x200c, 0x200d, 0x2060, 0xfeff, 0xe0041]
const OTHERS = [0x2028, 0x2029, 0xd800, 0xdfff]
const ALL = [...C0, ...C1, ...DIRECTION, ...NO_WIDTH, ...OTHERS]

describe('what could not be seen', () => {
  test.each(ALL.map((point) => [point.toString(16), point] as const))('U+%s is shown', (hex, point) => {
    const character = String.fromCodePoint(point)
    expect(visible(`a${character}b`)).toBe(`a\\u{${hex}}b`)
    expect(visibleLine(`a${character}b`)).toBe(`a\\u{${hex}}b`)
  })

  test('in JSON is escaped, which means the same', () => {
    const value = { [String.fromCodePoint(...ALL)]: [String.fromCodePoint(...ALL), '\n\t"\\'] }
    const text = visibleJson(JSON.stringify(value, undefined, 2))
    expect(visible(text)).toBe(text)
    expect(JSON.parse(text)).toEqual(value)
  })
})

describe('what can be seen stays', () => {
  test.each(['net.core.somaxconn', 'a\tb\nc', 'Größe', '大', '😀', 'א', '\\u{1b}', ''])('%j', (text) => {
    expect(visible(text)).toBe(text)
  })

  test('but line breaks, on one line', () => {
    expect(visibleLine('a\nb\tc')).toBe('a\\u{a}b\tc')
  })
})
