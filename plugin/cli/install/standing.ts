import { isJsonObject, type JsonObject } from '../../config/members.ts'
import { readPositions } from '../../json/positions.ts'
import type { Os } from '../../os/os.ts'
import { isFirst } from '../first.ts'
import { parseJson } from '../json.ts'
import { ownEntries } from '../lint/chain.ts'
import type { PlaceOf } from '../lint/entry.ts'
import type { WantedEntry } from './conflist.ts'
import { type Edit, findSource, type Place, readAsConflist } from './place.ts'

/** The entry as it will be in a conflist, with the members that the file has already. */
export interface StandingEntry {
  readonly entry: JsonObject
  readonly plugins: readonly unknown[]
  readonly index: number
  /** The place of a member. */
  readonly placeOf: PlaceOf
  /** `FILE:LINE:COLUMN: ` of a member that is already in the file and stays; otherwise empty. */
  readonly nameOf: (at: readonly PropertyKey[]) => string
}

/** Reads the network's file and edits it in memory; undefined if there is none yet. Throws CliError and OsError. */
export function readStanding(os: Os, place: Place, edit: Edit, wanted: WantedEntry): StandingEntry | undefined {
  const source = findSource(os, place)
  if (source === undefined) return undefined
  const before = readAsConflist(os, source)
  const after = edit(before, source)
  const standing = findOwn(after, source, wanted)
  if (standing === undefined) return undefined
  const old = findOwn(before, source, wanted)
  return {
    ...standing,
    placeOf: readPositions(after).placeOf,
    nameOf(at) {
      const value = valueAt(old?.entry, at)
      if (old === undefined || at.length === 0 || value === undefined) return ''
      if (JSON.stringify(value) !== JSON.stringify(valueAt(standing.entry, at))) return ''
      const { line, column } = readPositions(before).placeOf(['plugins', old.index, ...at])
      return `${source}:${line}:${column}: `
    },
  }
}

/** A chain may have two: one before the network plugin, and one behind it; the last one of its kind counts. */
function findOwn(text: string, source: string, wanted: WantedEntry) {
  const list = parseJson(text, source)
  if (!isJsonObject(list) || !Array.isArray(list.plugins)) return undefined
  const plugins: readonly unknown[] = list.plugins
  const own = ownEntries(list).findLast(({ entry }) => isFirst(entry) === (wanted.first === true))
  return own && { ...own, plugins }
}

function valueAt(value: unknown, at: readonly PropertyKey[]): unknown {
  return at.reduce<unknown>((inside, name) => {
    if (Array.isArray(inside)) return inside[Number(name)]
    return isJsonObject(inside) && Object.hasOwn(inside, name) ? inside[String(name)] : undefined
  }, value)
}
