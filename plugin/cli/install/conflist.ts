import { isJsonObject, type JsonObject } from '../../config/members.ts'
import type { Item, Member, Span } from '../../json/member.ts'
import { scanJson } from '../../json/scan.ts'
import { CliError } from '../cli-error.ts'
import { isFirst, reasonNotBehindFirst } from '../first.ts'
import { parseJson } from '../json.ts'
import { OWN_TYPE } from '../own-type.ts'

/** What an entry of the plugin is to have; a member that is not given stays as it is. */
export interface WantedEntry {
  readonly sysctl?: Readonly<Record<string, string>>
  readonly inherit?: readonly string[]
  /** Before the network plugin, instead of at the end. */
  readonly first?: true
}

interface Plugin {
  readonly span: Span
  readonly entry: unknown
}

/**
 * The text of a conflist with one entry of the plugin, at the end of its chain, or with `first` at its head: put there, or
 * brought up to date. Everything else stays as it is, to the letter, and so does an entry at the other end. Throws
 * CliError, with `file` in it, for what is no conflist, or where a network plugin would fail behind the entry.
 */
export function addEntry(text: string, file: string, wanted: WantedEntry): string {
  const plugins = findPlugins(text, file)
  const network = plugins.find((plugin) => !isOwn(plugin))
  if (network === undefined) {
    throw new CliError(`${file}: its "plugins" have no network plugin that ${OWN_TYPE} could be chained after`)
  }
  const isFirstOne = wanted.first === true
  const reason = isFirstOne ? reasonNotBehindFirst(network.entry) : undefined
  if (reason !== undefined) throw new CliError(`${file}: an entry with "first" ${reason}`)
  const isMeant = (plugin: Plugin) => isOwn(plugin) && isFirst(plugin.entry) === isFirstOne
  const own = plugins.filter(isMeant)
  const current = own.at(-1)
  const entry = isJsonObject(current?.entry) ? current.entry : { type: OWN_TYPE }
  if (own.length === 1 && current === plugins.at(isFirstOne ? 0 : -1) && hasAll(entry, wanted)) return text
  const without = removeEntry(text, file, isMeant)
  const beside = findPlugins(without, file).at(isFirstOne ? 0 : -1) as Plugin
  const updated = { ...withoutSpellings(entry, wanted), ...wanted }
  return insertBeside(without, beside, updated, isFirstOne)
}

/** The text of a conflist without the plugin's entries, and everything else as it is. Throws CliError likewise. */
export function removeEntry(text: string, file: string, isMeant: (plugin: Plugin) => boolean = isOwn): string {
  const plugins = findPlugins(text, file)
  const index = plugins.findLastIndex(isMeant)
  const own = plugins[index]
  if (own === undefined) return text
  const before = plugins[index - 1]
  const after = plugins[index + 1]
  if (before === undefined && after === undefined) throw new CliError(`${file}: nothing would be left of its "plugins"`)
  const start = before?.span.end ?? own.span.start
  const end = before === undefined && after !== undefined ? after.span.start : own.span.end
  return removeEntry(text.slice(0, start) + text.slice(end), file, isMeant)
}

function findPlugins(text: string, file: string): Plugin[] {
  const object = parseJson(text, file)
  if (!isJsonObject(object) || !Array.isArray(object.plugins)) {
    throw new CliError(`${file}: is no conflist, it has no "plugins"`)
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

function isOwn({ entry }: Plugin): boolean {
  return isJsonObject(entry) && entry.type === OWN_TYPE
}

/** Whether an entry has what is wanted already, however its values are written. */
function hasAll(entry: JsonObject, wanted: WantedEntry): boolean {
  return Object.entries(wanted).every(([name, value]) => formatMember(entry[name]) === formatMember(value))
}

function formatMember(value: unknown): string | undefined {
  if (!isJsonObject(value)) return JSON.stringify(value)
  const toText = (each: unknown) => String(typeof each === 'boolean' ? Number(each) : each).trim()
  return JSON.stringify(Object.entries(value).map(([name, each]) => [name, toText(each)]))
}

/** Without the members that would be a second spelling of a wanted one: names match without regard to case. */
function withoutSpellings(entry: JsonObject, wanted: WantedEntry): JsonObject {
  const isOther = (name: string) => !(name.toLowerCase() in wanted) || name in wanted
  return Object.fromEntries(Object.entries(entry).filter(([name]) => isOther(name)))
}

/** Puts an entry behind another one or before it, laid out as that one is. */
function insertBeside(text: string, { span }: Plugin, entry: JsonObject, isBefore: boolean): string {
  const lineStart = text.lastIndexOf('\n', span.start) + 1
  const indent = text.slice(lineStart, span.start)
  const isOnOwnLine = /^[ \t]*$/.test(indent)
  const newline = text[lineStart - 2] === '\r' ? '\r\n' : '\n'
  // The entries of a conflist are two levels deep.
  const json = JSON.stringify(entry, undefined, isOnOwnLine ? indent.slice(0, indent.length / 2) : '')
  const separator = isOnOwnLine ? `,${newline}${indent}` : ', '
  const laidOut = json.replaceAll('\n', newline + indent)
  if (isBefore) return text.slice(0, span.start) + laidOut + separator + text.slice(span.start)
  return text.slice(0, span.end) + separator + laidOut + text.slice(span.end)
}
