import { catchOsError, type Os, OsError } from '../os/os.ts'
import { parseSysctlKey, type SysctlKey } from './key.ts'

/** Two sysctls of which the first may not be above the second; the ends of their names, behind a common start. */
const ORDERED: readonly (readonly [low: string, high: string])[] = [
  // ip4_frags_ns_ctl_table and similar tables.
  ['low_thresh', 'high_thresh'],
  // ipv4_privileged_ports() and ipv4_local_port_range(): the first port of the range.
  ['ip_unprivileged_port_start', 'ip_local_port_range'],
  // sctp_net_table.
  ['rto_min', 'rto_max'],
  ['pf_retrans', 'ps_retrans'],
]

/** The other sysctl that conflicts with a value which is in its own range; undefined if none is known. */
export function findCollision(os: Os, key: SysctlKey, [given = Number.NaN]: readonly number[]): string | undefined {
  if (/^net\.ipv6\.conf\.[^.]+\.mtu$/.test(key.canonical)) return 'it must be from 1280 to the MTU of the interface'
  if (key.canonical.includes('_port_') && given > 65535) return undefined
  for (const [low, high] of ORDERED) {
    if (key.canonical.endsWith(low)) return compare(os, key, low, high, (other) => given > other && 'above')
    if (key.canonical.endsWith(high)) return compare(os, key, high, low, (other) => given < other && 'below')
  }
  return undefined
}

function compare(
  os: Os,
  key: SysctlKey,
  own: string,
  others: string,
  relate: (other: number) => string | false,
): string | undefined {
  const other = parseSysctlKey(key.canonical.slice(0, -own.length) + others)
  const text = catchOsError(() => os.readFile(other.path))
  if (text instanceof OsError) return undefined
  const held = text.trim().replaceAll('\t', ' ')
  const relation = relate(Number(held.split(' ')[0]))
  return relation === false
    ? undefined
    : `it is ${relation} ${other.canonical}, which is ${JSON.stringify(held)}; change that first`
}
