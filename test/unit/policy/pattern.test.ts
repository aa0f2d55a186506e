import { describe, expect, test } from 'vitest'
import { parsePattern } from '../../../plugin/policy/pattern.ts'
import { PatternError } from '../../../plugin/policy/re2-reader.ts'
import { errorOf } from '../../helpers/errors.ts'

// Each starts with a flag, or has something with another meaning in JavaScript, so that RE2's machine matches it.

describe('where a pattern matches', () => {
  test.each([
    ['(?m)^b$', 'a\nb\nc', true],
    ['(?m)^b', 'ab', false],
    ['(?m)^b', 'b', true],
    ['(?m)a$', 'a\nb', true],
    ['(?m)a$', 'ab', false],
    ['(?m)^c$', 'a\nb\nc', true],
    ['(?m)-$', '-\nb', true],
    ['(?i)^b', 'a\nb', false],
    ['(?i)a$', 'a\nb', false],
    ['(?m)\\Ab', 'a\nb', false],
    ['(?m)a\\z', 'a\nb', false],
    ['(?m)\\Aa', 'a\nb', true],
    ['(?m)b\\z', 'a\nb', true],
    ['(?i)\\bore', 'core', false],
    ['(?i)\\Bore', 'core', true],
    ['(?i)\\Bcore', 'core', false],
    ['(?i)core\\b', 'core', true],
    ['(?i)core\\B', 'core', false],
    ['(?i)core\\b', 'core.x', true],
    ['(?i)core\\b', 'core_x', false],
    ['(?i)core\\b', 'coré'.normalize('NFC'), false],
    ['(?i)cor\\b', 'coré', true],
    ['(?i)\\bé', 'é', false],
    ['(?i)\\B\u0080', '\u0080', true],
    ['(?i)\\B', '', true],
    ['(?i)\\b', '', false],
    ['(?i)a.b', 'a\nb', false],
    ['(?is)a.b', 'a\nb', true],
    ['(?s)(?-s)a.b', 'a\nb', false],
    ['(?i)(?-i)a', 'A', false],
    ['(?i-s)a', 'A', true],
    ['(?i)a(?-i:b)c', 'AbC', true],
    ['(?i)a(?-i:b)c', 'ABC', false],
    ['(?:(?i)a)b', 'AB', false],
    ['(?:(?i)a)b', 'Ab', true],
  ])('%j on %j: %s', (pattern, text, isMatching) => {
    expect(parsePattern(pattern).matches(text)).toBe(isMatching)
  })
})

describe('how often a part may come', () => {
  test.each([
    ['(?i)^a+$', '', false],
    ['(?i)^a+$', 'a', true],
    ['(?i)^a+$', 'aaa', true],
    ['(?i)^a*$', '', true],
    ['(?i)^a*$', 'aab', false],
    ['(?i)^a*$', 'aa', true],
    ['(?i)^(?:ab)?c$', 'c', true],
    ['(?i)^(?:ab)?c$', 'abc', true],
    ['(?i)^(?:ab)?c$', 'ababc', false],
    ['(?i)^a{2}$', 'a', false],
    ['(?i)^a{2}$', 'aa', true],
    ['(?i)^a{2}$', 'aaa', false],
    ['(?i)^a{2,}$', 'a', false],
    ['(?i)^a{2,}$', 'aaaa', true],
    ['(?i)^a{1,2}$', '', false],
    ['(?i)^a{1,2}$', 'a', true],
    ['(?i)^a{1,2}$', 'aa', true],
    ['(?i)^a{1,2}$', 'aaa', false],
    ['(?i)^a{0}$', '', true],
    ['(?i)^a{0}$', 'a', false],
    ['(?i)^a{,2}$', 'a{,2}', true],
    ['(?i)^a{01}$', 'a{01}', true],
    ['(?i)^a{1000}$', 'a'.repeat(1000), true],
    ['(?i)^a{0,1000}?$', 'a'.repeat(1000), true],
    ['(?i)^(?:a{10}){100}$', 'a'.repeat(1000), true],
    ['(?i)^a{$', 'a{', true],
  ])('%j on %j: %s', (pattern, text, isMatching) => {
    expect(parsePattern(pattern).matches(text)).toBe(isMatching)
  })
})

describe('what a character is', () => {
  test.each([
    ['(?-i)^\\Qa.b$', 'a.b$', true],
    ['(?-i)^\\Qa.b', 'axb', false],
    ['(?-i)^\\Qa.\\Eb.$', 'a.bx', true],
    ['(?i)^\\Qab\\E$', 'AB', true],
    ['(?-i)^\\x411$', 'A1', true],
    ['(?-i)^\\x{41}$', 'A', true],
    ['(?-i)^\\x{00000041}$', 'A', true],
    ['(?-i)^\\x{10FFFF}$', '\u{10ffff}', true],
    ['(?-i)^\\0141$', '\u000c1', true],
    ['(?-i)^\\101$', 'A', true],
    ['(?-i)^\\12$', '\n', true],
    ['(?-i)^\\a\\t\\n\\v\\f\\r$', '\u0007\t\n\v\f\r', true],
    ['(?-i)^\\s$', '\v', false],
    ['(?-i)^\\s\\S$', '\tx', true],
    ['(?-i)^[[:punct:]]$', '\\', true],
    ['(?-i)^[[:punct:]]$', 'a', false],
    ['(?-i)^[[:^digit:]x]$', '1', false],
    ['(?-i)^[[:x]$', ':', true],
    ['(?i)^[a-c]$', 'B', true],
    ['(?i)^[^a-c]$', 'B', false],
    ['(?i)k', '\u212a', true],
    ['(?i)\u212a', 'k', true],
    ['(?i)s', '\u017f', true],
    ['(?i)\u017f', 'S', true],
    ['(?i)^az$', 'AZ', true],
    ['(?i)^AZ$', 'az', true],
    ['(?i)\\[', '{', false],
    ['(?i)@', '`', false],
    ['(?i)i', '\u0131', false],
    ['(?-i)^[]-a]$', '^', true],
    ['(?-i)^[a-]$', '-', true],
    ['(?-i)^[a-]$', 'a', true],
    ['(?-i)^[a-a]$', 'a', true],
    ['(?i)^[a-cx-z]$', 'S', false],
    ['(?i)^[a-cx-z]$', 'Y', true],
    ['(?-i)^\\p{Any}$', '😀', true],
    ['(?-i)^\\p{^Lu}$', 'a', true],
    ['(?-i)^\\P{^Lu}$', 'a', false],
    ['(?-i)^\\PL$', '1', true],
  ])('%j on %j: %s', (pattern, text, isMatching) => {
    expect(parsePattern(pattern).matches(text)).toBe(isMatching)
  })
})

// What regexp/syntax of Go tells of each.
describe('what a class has of ASCII', () => {
  const ASCII = Array.from({ length: 128 }, (_, point) => String.fromCharCode(point))
  const through = (...ranges: string[]) =>
    ASCII.filter((each) => ranges.some(([a = '', b = a]) => a <= each && each <= b))
  const CONTROLS = ['\0\x1f', '\x7f']
  test.each([
    ['\\d', ['09']],
    ['\\s', ['\t\n', '\f\r', ' ']],
    ['\\w', ['09', 'AZ', 'az', '_']],
    ['[[:alnum:]]', ['09', 'AZ', 'az']],
    ['[[:alpha:]]', ['AZ', 'az']],
    ['[[:ascii:]]', ['\0\x7f']],
    ['[[:blank:]]', ['\t', ' ']],
    ['[[:cntrl:]]', CONTROLS],
    ['[[:digit:]]', ['09']],
    ['[[:graph:]]', ['!~']],
    ['[[:lower:]]', ['az']],
    ['[[:print:]]', [' ~']],
    ['[[:punct:]]', ['!/', ':@', '[`', '{~']],
    ['[[:space:]]', ['\t\r', ' ']],
    ['[[:upper:]]', ['AZ']],
    ['[[:word:]]', ['09', 'AZ', 'az', '_']],
    ['[[:xdigit:]]', ['09', 'AF', 'af']],
  ])('%s', (pattern, ranges) => {
    const { matches } = parsePattern(`(?-i)^${pattern}$`)
    expect(ASCII.filter((each) => matches(each))).toEqual(through(...ranges))
  })
})

test('groups one behind the other are not nested', () => {
  expect(parsePattern(`(?i)^${'(a)'.repeat(101)}$`).matches('a'.repeat(101))).toBe(true)
})

test('groups may be nested in 100 levels', () => {
  expect(parsePattern(`(?i)^${'('.repeat(100)}a${')'.repeat(100)}$`).matches('a')).toBe(true)
})

describe('what is no pattern', () => {
  test.each([
    ['(?-)x', 'has a "(?-" without a flag'],
    ['(?P<x', 'has a bad name of a group'],
    ['(?P<a-b>x)', 'has a bad name of a group'],
    ['(?P<-a>x)', 'has a bad name of a group'],
    ['(?P<>x)', 'has a bad name of a group'],
    ['(?i)\\x{110000}', 'has a bad \\x'],
    ['(?i)\\x{000000041}', 'has a bad \\x'],
    ['(?i)\\x{41', 'has a bad \\x'],
    ['(?i)\\x4', 'has a bad \\x'],
    ['(?i)\\x{}', 'has a bad \\x'],
    ['(?i)\\', 'ends with a backslash'],
    ['(?i)\\p{L', 'has the class \\p{}, which is not known'],
    ['(?i)\\8', 'has the escape \\8, which RE2 does not have'],
    ['(?i)\\é', 'has the escape \\é, which RE2 does not have'],
    ['(?i)\\p{L-}', 'has the class \\p{L-}, which is not known'],
    ['(?i)a{1,1001}', 'has a bad repetition, {1,1001}; at most 1000 are possible'],
    ['(?i)(?:a{10}){101}', 'repeats more than 1000 times, with what is nested'],
    ['(?i)a|*', 'has nothing before a repetition'],
    ['(?i)a{2}{3}', 'repeats a repetition'],
    ['(?i)[a', 'a "]" is missing'],
    ['(?i)(a', 'a ")" is missing'],
    ['(?i)a)', 'has a ")" too many'],
  ])('%j %s', (pattern, reason) => {
    const error = errorOf(() => parsePattern(pattern))
    expect(error).toBeInstanceOf(PatternError)
    expect(error).toMatchObject({ message: reason })
  })
})
