import type { CharTest } from './re2-class.ts'
import { PatternError } from './re2-reader.ts'

/** A condition between two characters, or at the start or end. */
export type Assertion = 'start' | 'end' | 'line start' | 'line end' | 'word boundary' | 'no word boundary'

/** A parsed pattern. `copies`: how many copies its repetitions make of a part, multiplied if they are nested. */
export type Node = { readonly copies: number } & (
  | { readonly kind: 'character'; readonly test: CharTest }
  | { readonly kind: 'assertion'; readonly is: Assertion }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Node[] }
  | { readonly kind: 'repetition'; readonly part: Node; readonly least: number; readonly most: number }
)

/** How often a part may repeat; `counted` is the number in the pattern, for `{n,m}` the last one. */
export interface Times {
  readonly least: number
  readonly most: number
  readonly counted?: number
}

/** RE2's own limit for a repetition, and for the product of nested ones. */
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

/** Throws PatternError if nested repetitions together exceed RE2's limit. */
export function createRepetition(part: Node, { least, most, counted = 1 }: Times): Node {
  const copies = counted * part.copies
  if (copies > MOST_COPIES) throw new PatternError(`repeats more than ${MOST_COPIES} times, with what is nested`)
  return { kind: 'repetition', part, least, most, copies: Math.max(1, copies) }
}
