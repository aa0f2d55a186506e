import type { Assertion } from './re2-node.ts'
import type { Program } from './re2-program.ts'

/** What the matches of one request may still cost: counted down, and below 0 from the match that was too much. */
export interface Work {
  left: number
  /** The pattern that was too much. */
  usedUpBy?: string
}

/** What each match may take beside every step once: several times what usual patterns take for a sysctl's name. */
const FREE_STEPS = 256

/** A quarter of a second in QuickJS. */
const MOST_STEPS = 1_000_000

/** What a request may cost, whatever the pod asks for. */
export function createWork(): Work {
  return { left: MOST_STEPS }
}

/** Whether a part of the text matches; false where that would cost more than is left. */
export function hasMatch(program: Program, text: string, work: Work): boolean {
  const free = FREE_STEPS + program.steps.length
  const { isMatch, taken } = search(program, pointsOf(text), free + work.left)
  work.left -= Math.max(0, taken - free)
  return isMatch
}

interface Searched {
  readonly isMatch: boolean
  /** How many steps. */
  readonly taken: number
}

/**
 * All ways are taken at once, as Pike's machine does: each step once a character, so that the time is bounded by the
 * length of the text times the number of steps. It ends with one step more than `most`.
 */
function search({ start, steps, begins }: Program, points: readonly number[], most: number): Searched {
  const seenAt = new Int32Array(steps.length).fill(-1)
  let waiting: number[] = []
  let taken = 0
  for (let at = 0; at <= points.length; at++) {
    const point = points[at]
    const next: number[] = []
    if (at === 0 || begins?.(point) === true) waiting.push(start)
    else if (begins === undefined && waiting.length === 0) break
    for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
      if (seenAt[step] === at) continue
      seenAt[step] = at
      taken += 1
      if (taken > most) return { isMatch: false, taken }
      const what = steps[step] as Program['steps'][number]
      if (what.kind === 'match') return { isMatch: true, taken }
      if (what.kind === 'fork') waiting.push(what.other, what.next)
      else if (what.kind === 'assertion') {
        if (isTrue(what.is, points, at)) waiting.push(what.next)
      } else if (point !== undefined && what.test(point)) next.push(what.next)
    }
    waiting = next
  }
  return { isMatch: false, taken }
}

function pointsOf(text: string): number[] {
  return [...text].map((character) => character.codePointAt(0) as number)
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
