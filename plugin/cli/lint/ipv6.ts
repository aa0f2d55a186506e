import { isJsonObject, type JsonObject } from '../../config/members.ts'
import type { Remark } from './finding.ts'
import { readSysctlMember } from './sysctls.ts'

/** disable_ipv6 takes the addresses away that another plugin of the chain gives: addrconf_ifdown(). */
export function lintIpv6(entry: JsonObject, plugins: readonly unknown[]): Remark[] {
  if (!plugins.some(hasIpv6Range)) return []
  const disabling = readSysctlMember(entry).filter(({ key, value }) => {
    return /^net\.ipv6\.conf\.(?!lo\.)[^.]+\.disable_ipv6$/.test(key.canonical) && Number(value) !== 0
  })
  return disabling.map(({ name, key }) => ({
    at: ['sysctl', name],
    level: 'warning',
    message: `${key.canonical}: takes away the IPv6 addresses that an ipam of this chain gives`,
  }))
}

function hasIpv6Range(plugin: unknown): boolean {
  const ipam = isJsonObject(plugin) ? JSON.stringify(plugin.ipam ?? null) : ''
  return /"(subnet|address|gateway|rangeStart)":"[^"]*:|"assign_ipv6":"true"/.test(ipam)
}
