import { isJsonObject, type JsonObject } from '../../config/members.ts'
import { OWN_TYPE } from '../own-type.ts'

/** The plugin's entry in a conflist; the first one if there are two. */
export function findOwnEntry(list: JsonObject | undefined): JsonObject | undefined {
  const plugins: readonly unknown[] = Array.isArray(list?.plugins) ? list.plugins : []
  return plugins.filter(isJsonObject).find(({ type }) => type === OWN_TYPE)
}
