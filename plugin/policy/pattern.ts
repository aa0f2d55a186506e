import { catchKind } from '../os/as-kind.ts'
import { hasMatch, type Work } from './re2-match.ts'
import { compile } from './re2-program.ts'
import { parseRe2 } from './re2-syntax.ts'

/** A regular expression in the syntax of RE2, which is Go's, matched in linear time. */
export interface Pattern {
  /** As it was written. */
  readonly text: string
  /**
   * Whether it matches a part of a sysctl's name, which has no control characters. What it costs is taken from `work`;
   * false where that is not enough.
   */
  readonly matches: (name: string, work?: Work) => boolean
}

/**
 * The form of most lines of real allowlists: literals and dots; behind a `^` also one choice of these and one class, which
 * may be repeated. For these the engine's own regular expressions mean the same as RE2's and cannot become slow; they take a
 * tenth of the time.
 */
const LITERALS = String.raw`(?:[\w:/,~@%&=<> -]|\.|\\[./])*`
const CHOICE = String.raw`(?:\((?:\?:)?${LITERALS}(?:\|${LITERALS})*\)${LITERALS})?`
const CLASS = String.raw`(?:(?:\.[*+]|\[\^?[\w.-]+\][*+]?)${LITERALS})?`
const PLAIN = new RegExp(String.raw`^(?:${LITERALS}|\^${LITERALS}${CHOICE}${CLASS})\$?$`)

/** Throws PatternError if it is not a regular expression of RE2, or too large. */
export function parsePattern(text: string): Pattern {
  // With `s`, the dot is everything: a name has no line breaks. SyntaxError for a bad range, `[z-a]`.
  const plain = PLAIN.test(text) ? catchKind(SyntaxError, () => new RegExp(text, 'su')) : undefined
  if (plain instanceof RegExp) return { text, matches: (name) => plain.test(name) }
  const program = compile(parseRe2(text))
  return { text, matches: (name, work = createUnbounded()) => hasMatch(program, name, work) }
}

const createUnbounded = (): Work => ({ left: Number.POSITIVE_INFINITY })
