import type { Place } from '../../../json/positions.ts'
import type { Text } from './text.ts'

/** A value that was read from a text, and the places of its parts. */
export interface Source {
  readonly value: unknown
  /** The place of the member or item at `path`, or of the nearest one around it. */
  readonly placeOf: (path: readonly PropertyKey[]) => Place
  /** The string at `path`. */
  readonly textAt: (path: readonly PropertyKey[], text: string) => Text
  /** Members that are given twice: their places and paths. */
  readonly repeated: readonly { readonly path: readonly PropertyKey[]; readonly place: Place }[]
}

/** The start of each part of a value, by its path. */
export class Starts {
  private readonly starts = new Map<string, number>()

  set(path: readonly PropertyKey[], start: number): void {
    this.starts.set(JSON.stringify(path), start)
  }

  /** The place of the part at `path`, or of the nearest one around it. */
  get(path: readonly PropertyKey[]): number {
    const start = this.starts.get(JSON.stringify(path))
    return start ?? (path.length === 0 ? 0 : this.get(path.slice(0, -1)))
  }
}
