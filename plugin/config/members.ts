import { CniError, ErrorCode } from '../cni/error.ts'
import { formatPath } from '../json/path.ts'

export type JsonObject = Readonly<Record<string, unknown>>

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * The known members of `object`, under their known names. Names match without regard to case, as Go's
 * encoding/json matches them. An exact match wins, and null counts as absent, as there.
 * Throws CniError 7 if two spellings of one name are given and neither is exact.
 */
export function pickMembers(object: JsonObject, known: readonly string[], at: readonly PropertyKey[]): JsonObject {
  const picked: Record<string, unknown> = {}
  const given = Object.keys(object)
  const lowered = given.map((name) => name.toLowerCase())
  for (const name of known) {
    const isOther = !Object.hasOwn(object, name) && lowered.includes(name.toLowerCase())
    const value = object[isOther ? spellingOf(name, given, at) : name]
    if (value !== undefined && value !== null) picked[name] = value
  }
  return picked
}

/** The spelling under which a known name was given, if it was not given exactly. */
function spellingOf(name: string, given: readonly string[], at: readonly PropertyKey[]): string {
  const spellings = given.filter((candidate) => candidate.toLowerCase() === name.toLowerCase())
  if (spellings.length > 1) {
    throw new CniError({
      code: ErrorCode.invalidConfig,
      msg: `${formatPath([...at, name])} is duplicated, given as ${spellings.join(' and ')}`,
      details: 'leave one of them',
    })
  }
  return spellings[0] ?? name
}
