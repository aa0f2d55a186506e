import { isJsonObject } from '../config/members.ts'
import { OWN_TYPE } from './own-type.ts'

/** Whether an entry of a conflist is the plugin's own, and stands before the network plugin. */
export function isFirst(entry: unknown): boolean {
  if (!isJsonObject(entry) || entry.type !== OWN_TYPE) return false
  const spelling = Object.keys(entry).find((name) => name.toLowerCase() === 'first') ?? 'first'
  return (Object.hasOwn(entry, 'first') ? entry.first : entry[spelling]) === true
}

/**
 * Why a network plugin fails behind an entry with `first`, which gives it a prevResult; undefined if no reason is
 * known. cmdAdd() of Cilium's plugins/cilium-cni; loadConf() of plugins/main/ipvlan.
 */
export function reasonNotBehindFirst(plugin: unknown): string | undefined {
  if (!isJsonObject(plugin)) return undefined
  if (plugin.type === 'cilium-cni') return 'cannot stand before cilium-cni, which fails if it is given a prevResult'
  const isBare = plugin.type === 'ipvlan' && (plugin.master === undefined || plugin.master === '')
  return isBare ? 'cannot stand before an ipvlan without "master", which looks for it in prevResult' : undefined
}
