import { isJsonObject, type JsonObject } from '../config/members.ts'

/** An entry as a runtime sends it. */
export interface Sent {
  readonly object: JsonObject
  readonly text: string
}

/** libcni sorts the members by name, as Go writes maps (InjectConf() of libcni/conf.go), and the order matters. */
export function asSent(entry: JsonObject): Sent {
  const text = formatSorted(entry)
  return { object: JSON.parse(text), text }
}

/** The names in the order in which a runtime sends them. */
export function sortNames(names: readonly string[]): string[] {
  return [...names].sort()
}

function formatSorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(formatSorted).join(',')}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const members = sortNames(Object.keys(value)).filter((name) => value[name] !== undefined)
  return `{${members.map((name) => `${JSON.stringify(name)}:${formatSorted(value[name])}`).join(',')}}`
}
