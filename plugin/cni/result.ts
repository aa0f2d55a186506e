import { setMember } from '../json/edit.ts'
import { type CniVersion, isAtLeast } from './version.ts'

/** What the plugin has changed of the interface that the result lists. */
export interface LinkChanges {
  readonly mac?: string | undefined
  readonly mtu?: number | undefined
}

/** The result of a plugin that has made nothing: the chain's first one, before the network plugin. */
export function formatEmptyResult(cniVersion: CniVersion): string {
  // The first two versions had ip4 and ip6 instead, each of which is left out if there is none.
  const lists = isAtLeast(cniVersion, '0.3.0') ? { interfaces: [], ips: [], routes: [] } : {}
  return JSON.stringify({ cniVersion, ...lists, dns: {} })
}

/**
 * The result of ADD: `prevResult` with every member it had, known or not, `cniVersion` set to that of the request, and
 * what was changed of the container's interface (CNI specification, "Result types"; `mtu` came with 1.1.0).
 * `prevResult` is the text of a JSON object.
 */
export function formatResult(
  prevResult: string,
  cniVersion: CniVersion,
  ifName: string,
  { mac, mtu }: LinkChanges,
): string {
  const given = JSON.parse(prevResult) as { cniVersion?: unknown; interfaces?: unknown }
  let result = given.cniVersion === cniVersion ? prevResult : setMember(prevResult, ['cniVersion'], cniVersion)
  for (const index of mac === undefined && mtu === undefined ? [] : findInterfaces(given.interfaces, ifName)) {
    if (mac !== undefined) result = setMember(result, ['interfaces', index, 'mac'], mac)
    if (mtu !== undefined && isAtLeast(cniVersion, '1.1.0')) {
      result = setMember(result, ['interfaces', index, 'mtu'], mtu)
    }
  }
  return `${result}\n`
}

/** The entries of an interface: those in a sandbox, where any has one, because the host may have one of that name. */
function findInterfaces(interfaces: unknown, ifName: string): number[] {
  const entries = (Array.isArray(interfaces) ? interfaces : []) as ({ name?: unknown; sandbox?: unknown } | null)[]
  const named = entries.flatMap((entry, index) => (entry?.name === ifName ? [{ index, sandbox: entry.sandbox }] : []))
  const inside = named.filter(({ sandbox }) => typeof sandbox === 'string' && sandbox !== '')
  return (inside.length > 0 ? inside : named).map(({ index }) => index)
}
