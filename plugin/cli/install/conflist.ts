import { isJsonObject, type JsonObject } from '../../config/members.ts'
import type { Item, Member, Span } from '../../json/member.ts'
import { scanJson } from '../../json/scan.ts'
import { CliError } from '../cli-error.ts'
import { isFirst, reasonNotBehindFirst } from '../first.ts'
import { parseJson } from '../json.ts'
import { OWN_TYPE } from '../own-type.ts'
import { insertAfter, insertBefore } from './layout.ts'

/** The wanted members of an entry; other members stay unchanged. */
export interface WantedEntry {
  readonly sysctl?: Readonly<Record<string, string>>
  readonly inherit?: readonly string[]
  readonly [member: string]: unknown
}

interface Plugin {
  readonly span: Span
  readonly entry: unknown
}

/**
 * The text of a conflist with one entry of the plugin at the end of its chain (with `first`: at its start), added
 * or updated. Everything else stays exactly the same. Throws CliError, with `file` in its text, if it is
 * not a conflist.
 */
export function addEntry(text: string, file: string, wanted: WantedEntry): string {
  return placeEntry(text, file, wanted, (entry) => {
    const complete = withCapabilities(entry, wanted)
    return hasAll(entry, complete) ? entry : { ...withoutSpellings(entry, complete), ...complete }
  })
}

/** Likewise, with an entry that has only these members. */
export function setEntry(text: string, file: string, whole: WantedEntry): string {
  const wanted = { type: OWN_TYPE, ...whole }
  const isSame = (entry: JsonObject) =>
    Object.keys(entry).length === Object.keys(wanted).length && hasAll(entry, wanted)
  return placeEntry(text, file, whole, (entry) => (isSame(entry) ? entry : wanted))
}

/** The text of a conflist without the plugin's entries, otherwise unchanged. Throws CliError likewise. */
export function removeEntry(text: string, file: string): string {
  return removeEntries(text, file, isOwn)
}

/** Whether the plugin is in the chain of a conflist. */
export function hasEntry(text: string, file: string): boolean {
  return findPlugins(text, file).some(isOwn)
}

/** `change` returns the same object if the entry needs no change. */
function placeEntry(
  text: string,
  file: string,
  wanted: WantedEntry,
  change: (entry: JsonObject) => JsonObject,
): string {
  const plugins = findPlugins(text, file)
  const isFirstOne = wanted.first === true
  // A chain may have two: one before the network plugin, and one behind it.
  const isSameKind = (plugin: Plugin) => isOwn(plugin) && isFirst(plugin.entry) === isFirstOne
  const own = plugins.filter(isSameKind)
  const network = plugins.find((plugin) => !isOwn(plugin))
  if (network === undefined) {
    throw new CliError(`${file}: its "plugins" have no network plugin that ${OWN_TYPE} could be chained after`)
  }
  const reason = isFirstOne ? reasonNotBehindFirst(network.entry) : undefined
  if (reason !== undefined) throw new CliError(`${file}: an entry with "first" ${reason}`)
  const current = own.at(-1)
  const entry = isJsonObject(current?.entry) ? current.entry : { type: OWN_TYPE }
  const changed = change(entry)
  if (own.length === 1 && current === plugins.at(isFirstOne ? 0 : -1) && changed === entry) return text
  const without = removeEntries(text, file, isSameKind)
  const others = findPlugins(without, file)
  const { span } = others.at(isFirstOne ? 0 : -1) as Plugin
  return isFirstOne ? insertBefore(without, span, changed) : insertAfter(without, span, changed)
}

function removeEntries(text: string, file: string, isMeant: (plugin: Plugin) => boolean): string {
  const plugins = findPlugins(text, file)
  const index = plugins.findLastIndex(isMeant)
  const own = plugins[index]
  if (own === undefined) return text
  const before = plugins[index - 1]
  const after = plugins[index + 1]
  if (before === undefined && after === undefined) throw new CliError(`${file}: nothing would be left of its "plugins"`)
  const start = before?.span.end ?? own.span.start
  const end = before === undefined && after !== undefined ? after.span.start : own.span.end
  return removeEntries(text.slice(0, start) + text.slice(end), file, isMeant)
}

function findPlugins(text: string, file: string): Plugin[] {
  const object = parseJson(text, file)
  if (!isJsonObject(object) || !Array.isArray(object.plugins)) {
    throw new CliError(`${file}: is not a conflist: it has no "plugins"`)
  }
  const spans: Span[] = []
  const refuseSecond = ({ depth, name, isRepeated }: Member) => {
    if (depth === 1 && name === 'plugins' && isRepeated) throw new CliError(`${file}: has "plugins" twice`)
  }
  const collect = (item: Item) => {
    if (item.depth === 2 && item.path()[0] === 'plugins') spans.push(item.value)
  }
  scanJson(text, refuseSecond, collect)
  return spans.map((span) => ({ span, entry: JSON.parse(text.slice(span.start, span.end)) }))
}

function isOwn(plugin: Plugin): plugin is Plugin & { entry: JsonObject } {
  return isJsonObject(plugin.entry) && plugin.entry.type === OWN_TYPE
}

/** Whether an entry already has the wanted values, in any notation. */
function hasAll(entry: JsonObject, wanted: WantedEntry): boolean {
  return Object.entries(wanted).every(([name, value]) => formatMember(entry[name]) === formatMember(value))
}

function formatMember(value: unknown): string | undefined {
  if (!isJsonObject(value)) return JSON.stringify(value)
  const toText = (each: unknown) => {
    if (typeof each === 'object') return JSON.stringify(each)
    return String(typeof each === 'boolean' ? Number(each) : each).trim()
  }
  return JSON.stringify(Object.entries(value).map(([name, each]) => [name, toText(each)]))
}

/** Other capabilities of the entry stay. */
function withCapabilities(entry: JsonObject, wanted: WantedEntry): WantedEntry {
  if (!isJsonObject(wanted.capabilities) || !isJsonObject(entry.capabilities)) return wanted
  return { ...wanted, capabilities: { ...entry.capabilities, ...wanted.capabilities } }
}

/** Without members that are another spelling of a wanted one: names match without regard to case. */
function withoutSpellings(entry: JsonObject, wanted: WantedEntry): JsonObject {
  const names = Object.keys(wanted).map((name) => name.toLowerCase())
  const isOther = (name: string) => !names.includes(name.toLowerCase()) || name in wanted
  return Object.fromEntries(Object.entries(entry).filter(([name]) => isOther(name)))
}
