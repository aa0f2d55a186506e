import type { JsonObject } from './members.ts'
import { CONF_SCHEMAS } from './schema.ts'

/** What the runtime adds to an entry, and what ADD and DEL may have apart though they are of one entry. */
const OTHERS: ReadonlySet<string> = new Set(['first', 'restoreOnDel', 'dataDir', 'args', 'runtimeConfig', 'prevResult'])

const OWN: ReadonlySet<string> = new Set(
  Object.keys(CONF_SCHEMAS)
    .filter((name) => !OTHERS.has(name))
    .map((name) => name.toLowerCase()),
)

/** What an entry itself asks, in whatever order its members stand: two entries of one chain are told apart by it. */
export function pickAsked(object: JsonObject): JsonObject {
  const asked: Record<string, unknown> = {}
  for (const name of Object.keys(object).sort()) if (OWN.has(name.toLowerCase())) asked[name] = object[name]
  return asked
}
