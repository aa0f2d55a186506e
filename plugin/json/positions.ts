import type { Step } from './member.ts'
import { scanJson } from './scan.ts'
import { lineAndColumn } from './syntax.ts'

export interface Place {
  readonly line: number
  readonly column: number
}

/** A member that is given twice. */
export interface Repetition {
  readonly path: readonly Step[]
  /** The place of the second one. */
  readonly place: Place
}

/** The places of a JSON text's members and items, for messages. */
export interface Positions {
  /** The place of the member or item at `path`, or of the nearest one around it. */
  placeOf(path: readonly PropertyKey[]): Place
  readonly repeated: readonly Repetition[]
}

/** Throws JsonSyntaxError. */
export function readPositions(text: string): Positions {
  const starts = new Map<string, number>()
  const repeated: Repetition[] = []
  scanJson(
    text,
    ({ path, nameStart, isRepeated }) => {
      starts.set(JSON.stringify(path()), nameStart)
      if (isRepeated) repeated.push({ path: path(), place: lineAndColumn(text, nameStart) })
    },
    ({ path, value }) => starts.set(JSON.stringify(path()), value.start),
  )
  const startOf = (path: readonly PropertyKey[]): number =>
    path.length === 0 ? 0 : (starts.get(JSON.stringify(path)) ?? startOf(path.slice(0, -1)))
  return { repeated, placeOf: (path) => lineAndColumn(text, startOf(path)) }
}
