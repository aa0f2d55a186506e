import type { CharTest } from './re2-class.ts'
import type { Assertion, Node } from './re2-node.ts'
import { PatternError } from './re2-reader.ts'

/** A step of a nondeterministic automaton. */
type Step =
  | { readonly kind: 'match' }
  | { readonly kind: 'character'; readonly test: CharTest; readonly next: number }
  | { readonly kind: 'assertion'; readonly is: Assertion; readonly next: number }
  | { readonly kind: 'fork'; next: number; readonly other: number }

/** The first step that counts, and all of them. */
export interface Program {
  readonly start: number
  readonly steps: readonly Step[]
}

/** Far more than any allowlist needs; a name of 512 characters then takes a second at the very worst. */
const MOST_STEPS = 5000

/** Thompson's construction, from the end. Throws PatternError for more than {@link MOST_STEPS}. */
export function compile(node: Node): Program {
  const steps: Step[] = [{ kind: 'match' }]
  return { start: add(steps, node, 0), steps }
}

/** Adds the steps of a node, behind which comes `next`; returns the first of them. */
function add(steps: Step[], node: Node, next: number): number {
  switch (node.kind) {
    case 'character':
      return push(steps, { kind: 'character', test: node.test, next })
    case 'assertion':
      return push(steps, { kind: 'assertion', is: node.is, next })
    case 'sequence':
      return node.parts.reduceRight((after, part) => add(steps, part, after), next)
    case 'choice':
      return node.parts
        .map((part) => add(steps, part, next))
        .reduceRight((other, first) => push(steps, { kind: 'fork', next: first, other }))
    case 'repetition':
      return addRepetition(steps, node, next)
  }
}

function addRepetition(steps: Step[], node: Node & { readonly kind: 'repetition' }, next: number): number {
  const { part, least, most } = node
  let start = next
  if (most === Number.POSITIVE_INFINITY) {
    const fork = { kind: 'fork' as const, next: 0, other: next }
    start = push(steps, fork)
    fork.next = add(steps, part, start)
  } else {
    for (let count = least; count < most; count++) {
      start = push(steps, { kind: 'fork', next: add(steps, part, start), other: next })
    }
  }
  for (let count = 0; count < least; count++) start = add(steps, part, start)
  return start
}

function push(steps: Step[], step: Step): number {
  if (steps.length === MOST_STEPS) throw new PatternError(`is too large: it has more than ${MOST_STEPS} steps`)
  return steps.push(step) - 1
}

/**
 * Whether a part of the text matches. All ways are taken at once, as Pike's machine does: each step once a character,
 * so that the time is bounded by the length of the text times the number of steps.
 */
export function hasMatch({ start, steps }: Program, text: string): boolean {
  const points = [...text].map((character) => character.codePointAt(0) as number)
  const seenAt = new Int32Array(steps.length).fill(-1)
  let waiting: number[] = []
  for (let at = 0; at <= points.length; at++) {
    const point = points[at]
    const next: number[] = []
    waiting.push(start)
    for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
      if (seenAt[step] === at) continue
      seenAt[step] = at
      const what = steps[step] as Step
      if (what.kind === 'match') return true
      if (what.kind === 'fork') waiting.push(what.other, what.next)
      else if (what.kind === 'assertion') {
        if (isTrue(what.is, points, at)) waiting.push(what.next)
      } else if (point !== undefined && what.test(point)) next.push(what.next)
    }
    waiting = next
  }
  return false
}

function isTrue(is: Assertion, points: readonly number[], at: number): boolean {
  switch (is) {
    case 'start':
      return at === 0
    case 'end':
      return at === points.length
    case 'line start':
      return at === 0 || points[at - 1] === 0x0a
    case 'line end':
      return at === points.length || points[at] === 0x0a
    case 'word boundary':
      return isWord(points[at - 1]) !== isWord(points[at])
    case 'no word boundary':
      return isWord(points[at - 1]) === isWord(points[at])
  }
}

/** RE2's word boundaries are those of ASCII. */
function isWord(point: number | undefined): boolean {
  return point !== undefined && point < 0x80 && /\w/.test(String.fromCharCode(point))
}
