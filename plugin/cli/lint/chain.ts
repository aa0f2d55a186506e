import { collect, type Problem } from '../../cni/error.ts'
import { isJsonObject, type JsonObject } from '../../config/members.ts'
import { parseCniVersion, parseNetworkName } from '../../config/network.ts'
import { isFirst, reasonNotBehindFirst } from '../first.ts'
import { OWN_TYPE } from '../own-type.ts'
import type { Kernel } from '../rehearse/kernel.ts'
import { lintEntry, type PlaceOf } from './entry.ts'
import type { Remark } from './finding.ts'
import { lintIpv6 } from './ipv6.ts'
import { lintTuning } from './tuning.ts'

/** The entries of type netns-sysctl in a conflist, or the single configuration that is one. */
export function ownEntries(object: JsonObject): { readonly entry: JsonObject; readonly index: number }[] {
  const plugins: readonly unknown[] = Array.isArray(object.plugins) ? object.plugins : [object]
  return plugins.flatMap((entry, index) => (isOwn(entry) ? [{ entry, index }] : []))
}

/** Remarks on a conflist or a single configuration. */
export function lintConfiguration(object: JsonObject, kernel: Kernel, placeOf: PlaceOf): Remark[] {
  const { plugins } = object
  if (!Array.isArray(plugins)) return lintSingle(object, kernel, placeOf)
  const own = ownEntries(object)
  if (own.length === 0) return [{ ...CHAIN, at: ['plugins'], message: `no plugin of this list is of type ${OWN_TYPE}` }]
  const ofEntries = own.flatMap(({ entry, index }, count) => {
    const remarks = [...lintPosition(plugins, index, count), ...lintOwn(entry, { plugins, index }, kernel, placeOf)]
    return remarks.map((remark) => ({ ...remark, at: ['plugins', index, ...remark.at] }))
  })
  return [...lintHead(object), ...ofEntries]
}

/** Remarks on one entry, without its place in the chain; its own members start at `at: []`. */
export function lintOwn(
  entry: JsonObject,
  { plugins, index }: { readonly plugins: readonly unknown[]; readonly index: number },
  kernel: Kernel,
  placeOf: PlaceOf,
): Remark[] {
  return [
    ...lintEntry(entry, kernel, (at) => placeOf(['plugins', index, ...at])),
    ...lintIpv6(entry, plugins),
    ...lintTuning(entry, index, plugins, kernel),
  ]
}

const CHAIN = { level: 'warning', rule: 'chain' } as const

function lintSingle(object: JsonObject, kernel: Kernel, placeOf: PlaceOf): Remark[] {
  if (!isOwn(object)) return [{ ...CHAIN, at: [], message: `there is no plugin of type ${OWN_TYPE} in it` }]
  const message = 'must be chained after a network plugin: put it into "plugins" of a conflist'
  return [
    ...lintHead(object),
    { ...CHAIN, at: ['type'], level: 'error', message },
    ...lintEntry(object, kernel, placeOf),
  ]
}

/** Members that the runtime sends to every plugin of the chain. */
function lintHead(object: JsonObject): Remark[] {
  const stdin = { object }
  const remarks = (at: string, check: () => unknown) => {
    const problems: Problem[] = []
    collect(problems, check)
    return problems.map(({ msg, details }): Remark => {
      return { at: [at], level: 'error', message: `${msg}; ${details}`, rule: 'invalid' }
    })
  }
  return [...remarks('cniVersion', () => parseCniVersion(stdin)), ...remarks('name', () => parseNetworkName(stdin))]
}

function isOwn(entry: unknown): entry is JsonObject {
  return isJsonObject(entry) && entry.type === OWN_TYPE
}

/** An entry must be behind a network plugin, or with `first` before it. */
function lintPosition(plugins: readonly unknown[], index: number, count: number): Remark[] {
  const before = plugins.slice(0, index)
  if (isFirst(plugins[index])) return lintFirst(plugins.slice(index + 1), before.some(isFirst))
  const say = (message: string): Remark[] => [{ ...CHAIN, at: [], level: 'error', message }]
  if (index === 0) return say('must be chained after a network plugin, and is the first of the list')
  if (before.every(isFirst)) {
    return say('must be chained after a network plugin, and only entries with "first" are before it')
  }
  return count === 0 || before.filter(isOwn).every(isFirst) ? [] : [SECOND]
}

function lintFirst(after: readonly unknown[], isSecond: boolean): Remark[] {
  const next = after.find((plugin) => !isOwn(plugin))
  const reason = next === undefined ? 'has "first", and no network plugin stands behind it' : reasonNotBehindFirst(next)
  if (reason !== undefined) return [{ ...CHAIN, at: [], level: 'error', message: reason }]
  return isSecond ? [SECOND] : []
}

const SECOND: Remark = {
  ...CHAIN,
  at: [],
  message: `there is an entry of type ${OWN_TYPE} before it; what both set, the last one sets; make them one entry`,
}
