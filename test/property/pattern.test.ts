import fc from 'fast-check'
import { RE2JS } from 're2js'
import { describe, expect, test } from 'vitest'
import { parsePattern } from '../../plugin/policy/pattern.ts'
import { PatternError } from '../../plugin/policy/re2-reader.ts'
import { gibberish, lines, names, patterns } from '../helpers/pattern-arbitraries.ts'
import { runs } from '../helpers/runs.ts'

/** Whether a part of the name matches; undefined if the pattern is invalid. */
function ours(pattern: string, name: string): boolean | undefined {
  try {
    return parsePattern(pattern).matches(name)
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    return undefined
  }
}

/** The same by RE2JS, a port of RE2 by other people. */
function theirs(pattern: string, name: string): boolean | undefined {
  try {
    return RE2JS.compile(pattern).matcher(name).find()
  } catch {
    return undefined
  }
}

describe('patterns mean what they mean to RE2', () => {
  test('whatever the pattern and the name', () => {
    fc.assert(
      fc.property(patterns, names, (pattern, name) => {
        expect(ours(pattern, name)).toBe(theirs(pattern, name))
      }),
      runs(1000),
    )
  })

  test('also where the engine of JavaScript matches them', () => {
    fc.assert(
      fc.property(lines, names, (pattern, name) => {
        expect(ours(pattern, name)).toBe(theirs(pattern, name))
      }),
      runs(1000),
    )
  })

  test('also what is not a pattern', () => {
    fc.assert(
      fc.property(gibberish, names, (pattern, name) => {
        expect(ours(pattern, name)).toBe(theirs(pattern, name))
      }),
      runs(1000),
    )
  })
})
