import { isJsonObject, type JsonObject } from '../../config/members.ts'
import type { Remark } from './finding.ts'
import { readSysctlMember } from './sysctls.ts'

/** disable_ipv6 removes the addresses that another plugin of the chain has added: addrconf_ifdown(). */
export function lintIpv6(entry: JsonObject, plugins: readonly unknown[]): Remark[] {
  if (!plugins.some(hasIpv6Range)) return []
  const disabling = readSysctlMember(entry).filter(({ key, value }) => {
    return /^net\.ipv6\.conf\.(?!lo\.)[^.]+\.disable_ipv6$/.test(key.canonical) && Number(value) !== 0
  })
  return disabling.map(({ name, key }) => ({
    at: ['sysctl', name],
    level: 'warning',
    message: `${key.canonical}: takes away the IPv6 addresses that an ipam of this chain gives`,
    rule: 'ipv6',
  }))
}

/** The least that IPv6 needs (RFC 8200, section 5); below it the kernel removes IPv6 from the interface: addrconf_notify(). */
const MIN_MTU = 1280

/** An MTU with which net.ipv6.conf.IFNAME.* do not exist. */
export function lintMtu(entry: JsonObject): Remark[] {
  const { mtu } = entry
  if (typeof mtu !== 'number' || mtu <= 0 || mtu >= MIN_MTU) return []
  const ofInterface = /^net\.ipv6\.conf\.IFNAME\./
  const set = readSysctlMember(entry).find(({ key }) => ofInterface.test(key.canonical))?.key.canonical
  const patterns: readonly unknown[] = Array.isArray(entry.inherit) ? entry.inherit : []
  const inherited = patterns.find((each) => typeof each === 'string' && ofInterface.test(each.replaceAll('/', '.')))
  const name = set ?? inherited
  if (name === undefined) return []
  const message = `mtu ${mtu}: below ${MIN_MTU} an interface has no IPv6, so ${name} cannot be set`
  return [{ at: ['mtu'], level: 'error', message, rule: 'ipv6' }]
}

function hasIpv6Range(plugin: unknown): boolean {
  const ipam = isJsonObject(plugin) ? JSON.stringify(plugin.ipam ?? null) : ''
  return /"(subnet|address|gateway|rangeStart)":"[^"]*:|"assign_ipv6":"true"/.test(ipam)
}
