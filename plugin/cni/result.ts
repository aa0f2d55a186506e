import { setMember } from '../json/edit.ts'
import { type CniVersion, isAtLeast } from './version.ts'

/** The attributes of the result's interface that the plugin has changed. */
export interface LinkChanges {
  readonly mac?: string | undefined
  readonly mtu?: number | undefined
}

/** The result of an entry that stands before the network plugin: it has made no interface. */
export function formatEmptyResult(cniVersion: CniVersion): string {
  // The first two versions had ip4 and ip6 instead. Both may be left out.
  const lists = isAtLeast(cniVersion, '0.3.0') ? { interfaces: [], ips: [], routes: [] } : {}
  return JSON.stringify({ cniVersion, ...lists, dns: {} })
}

/**
 * The result of ADD: `prevResult` with every member it had, known or not, `cniVersion` set to that of the request, and
 * the changes of the container's interface (CNI specification, "Result types"; `mtu` came with 1.1.0).
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

/** The entries of an interface. If some are in a sandbox, only those: the host may have an interface of the same name. */
function findInterfaces(interfaces: unknown, ifName: string): number[] {
  const entries = (Array.isArray(interfaces) ? interfaces : []) as ({ name?: unknown; sandbox?: unknown } | null)[]
  const named = entries.flatMap((entry, index) => (entry?.name === ifName ? [{ index, sandbox: entry.sandbox }] : []))
  const inside = named.filter(({ sandbox }) => typeof sandbox === 'string' && sandbox !== '')
  return (inside.length > 0 ? inside : named).map(({ index }) => index)
}
