import { isJsonObject } from '../../config/members.ts'
import { formatNearest } from '../nearest.ts'
import type { Remark } from './finding.ts'

/** Members that are not `known`; `foreign` ones belong to somebody else. */
export function findUnknown(
  object: unknown,
  known: readonly string[],
  foreign: readonly string[],
  at: readonly string[],
): Remark[] {
  if (!isJsonObject(object)) return []
  const names = [...known, ...foreign].map((name) => name.toLowerCase())
  const unknown = Object.keys(object).filter((name) => !names.includes(name.toLowerCase()))
  return unknown.map((name) => ({
    at: [...at, name],
    level: 'warning',
    message: `${[...at, name].join('.')} is unknown and ignored${formatNearest(name, known)}`,
    rule: 'unknown-member',
  }))
}
