import type { SysctlKey } from './key.ts'

/** Ends of the names of sysctls that make sense only on the node or only in the container, and why they are never copied. */
const NOT_COPIED: readonly (readonly [end: string, reason: string])[] = [
  ['.stable_secret', "it is the secret that the host's own IPv6 addresses are made from"],
  ['.tcp_fastopen_key', 'it is a secret of the host'],
  ['.fib_multipath_hash_seed', 'it is a secret of the host'],
]

const FLUSH = ['net.ipv4.route.flush', 'net.ipv6.route.flush']

const MTU = /^net\.ipv6\.conf\.[^.]+\.mtu$/

/** Why a sysctl is never copied, or undefined. */
export function reasonNotCopied({ canonical }: SysctlKey): string | undefined {
  if (FLUSH.includes(canonical)) return 'it is not a setting: writing it empties the routing cache'
  if (MTU.test(canonical)) return 'it follows the MTU of the interface'
  return NOT_COPIED.find(([end]) => canonical.endsWith(end))?.[1]
}
