import { CniError, ErrorCode } from '../cni/error.ts'
import { formatPath } from '../json/path.ts'

export type JsonObject = Readonly<Record<string, unknown>>

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * The members of `object` that are known, under their known names. Names match without regard to case, as Go's
 * encoding/json matches them, and an exact match wins; null counts as absent, as there.
 * Throws CniError 7 where two spellings of one name are given and neither is exact.
 */
export function pickMembers(object: JsonObject, known: readonly string[], at: readonly PropertyKey[]): JsonObject {
  const picked: Record<string, unknown> = {}
  const names = Object.keys(object)
  for (const name of known) {
    const value = object[spellingOf(name, names, at)]
    if (value !== undefined && value !== null) picked[name] = value
  }
  return picked
}

function spellingOf(name: string, names: readonly string[], at: readonly PropertyKey[]): string {
  if (names.includes(name)) return name
  const spellings = names.filter((candidate) => candidate.toLowerCase() === name.toLowerCase())
  if (spellings.length > 1) {
    throw new CniError({
      code: ErrorCode.invalidConfig,
      msg: `${formatPath([...at, name])} is given twice, as ${spellings.join(' and ')}`,
      details: 'leave one of them',
    })
  }
  return spellings[0] ?? name
}
