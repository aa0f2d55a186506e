import type { CharTest } from './re2-class.ts'
import { PatternError } from './re2-reader.ts'

/** What is true between two characters, or at the ends. */
export type Assertion = 'start' | 'end' | 'line start' | 'line end' | 'word boundary' | 'no word boundary'

/** A pattern, parsed. `copies`: how often its repetitions say a part of it, multiplied where they are nested. */
export type Node = { readonly copies: number } & (
  | { readonly kind: 'character'; readonly test: CharTest }
  | { readonly kind: 'assertion'; readonly is: Assertion }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Node[] }
  | { readonly kind: 'repetition'; readonly part: Node; readonly least: number; readonly most: number }
)

/** How often a part may come; `counted` is the number that was written, of `{n,m}` the last. */
export interface Times {
  readonly least: number
  readonly most: number
  readonly counted?: number
}

/** RE2's own limit of a repetition, also of nested ones together. */
export const MOST_COPIES = 1000

export function createCharacter(test: CharTest): Node {
  return { kind: 'character', test, copies: 1 }
}

export function createAssertion(is: Assertion): Node {
  return { kind: 'assertion', is, copies: 1 }
}

export function createList(kind: 'sequence' | 'choice', parts: readonly Node[]): Node {
  return { kind, parts, copies: Math.max(1, ...parts.map(({ copies }) => copies)) }
}

/** Throws PatternError if the counts of nested repetitions together are more than RE2 takes. */
export function createRepetition(part: Node, { least, most, counted = 1 }: Times): Node {
  const copies = counted * part.copies
  if (copies > MOST_COPIES) throw new PatternError(`repeats more than ${MOST_COPIES} times, with what is nested`)
  return { kind: 'repetition', part, least, most, copies: Math.max(1, copies) }
}
