import type { SysctlKey } from './key.ts'

/** Sysctls that make sense only on the node or only in the container, and why they are never copied. */
const NOT_COPIED: readonly (readonly [keys: RegExp, reason: string])[] = [
  [/^net\.ipv[46]\.route\.flush$/, 'it is not a setting: writing it empties the routing cache'],
  [/\.stable_secret$/, "it is the secret that the host's own IPv6 addresses are made from"],
  [/\.tcp_fastopen_key$/, 'it is a secret of the host'],
  [/\.fib_multipath_hash_seed$/, 'it is a secret of the host'],
  [/^net\.ipv6\.conf\.[^.]+\.mtu$/, 'it follows the MTU of the interface'],
]

/** Why a sysctl is never copied, or undefined. */
export function reasonNotCopied(key: SysctlKey): string | undefined {
  return NOT_COPIED.find(([keys]) => keys.test(key.canonical))?.[1]
}
