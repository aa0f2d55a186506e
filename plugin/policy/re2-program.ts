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
  /** Whether a match may begin before a character that is not the first, or at the end; undefined: only at the start. */
  readonly begins: ((point: number | undefined) => boolean) | undefined
}

/** Far more than any allowlist needs; a name of 512 characters then takes a second at the very worst. */
const MOST_STEPS = 5000

/** Thompson's construction, from the end. Throws PatternError for more than {@link MOST_STEPS}. */
export function compile(node: Node): Program {
  const steps: Step[] = [{ kind: 'match' }]
  const start = add(steps, node, 0)
  return { start, steps, begins: findBeginnings(steps, start) }
}

/** Adds the steps of a node, which are followed by `next`; returns the first of them. */
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

const ASCII = 128

/** See {@link Program.begins}. */
function findBeginnings(steps: readonly Step[], start: number): Program['begins'] {
  const tests: CharTest[] = []
  const seen = new Set([start])
  // A set that grows while it is walked through.
  for (const number of seen) {
    const step = steps[number] as Step
    if (step.kind === 'fork') seen.add(step.next).add(step.other)
    else if (step.kind === 'character') tests.push(step.test)
    else if (step.kind === 'match' || step.is !== 'start') return () => true
  }
  if (tests.length === 0) return undefined
  const known = new Int8Array(ASCII)
  return (point) => {
    if (point === undefined || point >= ASCII) return point !== undefined
    known[point] ||= tests.some((test) => test(point)) ? 1 : -1
    return known[point] === 1
  }
}
