import { isJsonObject } from '../../../config/members.ts'
import { formatPath } from '../../../json/path.ts'
import { JsonSyntaxError } from '../../../json/syntax.ts'
import type { PlacedRemark } from '../finding.ts'
import type { ConfigurationUnit } from '../unit.ts'
import { readJson } from './json.ts'
import type { Source } from './source.ts'
import type { Text } from './text.ts'

/** The configuration in a text. Syntax errors and repeated members are added to `found`. */
export function readConfiguration(text: Text, found: PlacedRemark[]): ConfigurationUnit | undefined {
  const source = readJsonText(text, found)
  return source === undefined ? undefined : toConfiguration(source)
}

export function toConfiguration({ value, placeOf }: Source): ConfigurationUnit {
  return { kind: 'configuration', object: isJsonObject(value) ? value : {}, placeOf, isOneOfMany: false }
}

/** The value of a JSON text; undefined if it is not JSON. Syntax errors and repeated members are added to `found`. */
export function readJsonText(text: Text, found: PlacedRemark[]): Source | undefined {
  try {
    const source = readJson(text)
    for (const { path, place } of source.repeated) {
      found.push({ ...place, level: 'error', message: `${formatPath(path)} is given twice`, rule: 'repeated' })
    }
    return source
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    const message = `is not JSON: ${error.message}`
    found.push({ ...text.placeOf(error.offset), level: 'error', message, rule: 'syntax' })
    return undefined
  }
}
