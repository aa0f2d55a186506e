import leven from 'leven'
import type { OsError } from '../os/os.ts'
import { formatLinkNames, type Surroundings, type SysctlTree } from '../subject/surroundings.ts'
import { interfaceOf, type SysctlKey, segmentsOf } from './key.ts'

/** Why `key` cannot be read or opened for writing, in words that follow `key: `. */
export function diagnoseTarget(key: SysctlKey, error: OsError, surroundings: Surroundings): string {
  switch (error.errno) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EISDIR':
      return diagnoseMissing(key, surroundings)
    case 'EACCES':
    case 'EPERM':
      return diagnoseDenied(key, error, surroundings)
    case 'EROFS':
      return 'cannot be written: /proc/sys is mounted read-only where the plugin runs'
    default:
      return `cannot be read (${error.errno})`
  }
}

/** Why there is no file of `key` in the netns, in words that follow `key: `. */
export function diagnoseMissing(key: SysctlKey, { inNetns, onHost, links, release }: Surroundings): string {
  const inside = [...inNetns.keys()].filter((candidate) => candidate.startsWith(`${key.canonical}.`))
  if (inside.length > 0) return `is a directory of sysctls, not a sysctl; in it is ${inside.slice(0, 3).join(', ')}`
  return (
    missingInterface(key, links) ??
    dottedInterface(key, links) ??
    (onHost?.has(key.canonical)
      ? `exists only on the host on Linux ${release}, for the whole node; set it there, in /etc/sysctl.d`
      : undefined) ??
    missingSubsystem(key, inNetns) ??
    `does not exist on Linux ${release}${formatNearest(key, inNetns)}`
  )
}

function missingInterface(key: SysctlKey, links: readonly string[]): string | undefined {
  const name = interfaceOf(key)
  if (name === undefined || links.includes(name)) return undefined
  return `there is no interface ${name} here; ${formatLinkNames(links)}`
}

/** net.ipv4.conf.eth0.100.rp_filter, in which each dot separates. */
function dottedInterface(key: SysctlKey, links: readonly string[]): string | undefined {
  const segments = segmentsOf(key)
  const name = segments.slice(3, -1).join('.')
  if (segments.length < 6 || !links.includes(name)) return undefined
  const spelling = [...segments.slice(0, 3), name, segments.at(-1)].join('/')
  return `a dot within an interface's name needs slashes around it: ${spelling}`
}

/** The kernel modules that bring sysctls with them. */
const MODULES: readonly (readonly [prefix: string, module: string])[] = [
  ['net.netfilter.nf_conntrack', 'nf_conntrack'],
  ['net.nf_conntrack', 'nf_conntrack'],
  ['net.netfilter.nf_flowtable', 'nf_flow_table'],
  ['net.bridge.', 'br_netfilter'],
  ['net.ipv4.vs.', 'ip_vs'],
  ['net.mpls.', 'mpls_router'],
  ['net.sctp.', 'sctp'],
  ['net.rds.', 'rds'],
  ['net.tipc.', 'tipc'],
  ['net.smc.', 'smc'],
]

function missingSubsystem(key: SysctlKey, inNetns: SysctlTree): string | undefined {
  const has = (prefix: string) => [...inNetns.keys()].some((candidate) => candidate.startsWith(prefix))
  if (key.canonical.startsWith('net.ipv6.') && !has('net.ipv6.conf.')) {
    return 'IPv6 is off here: there is no net.ipv6.conf'
  }
  const [prefix, module] = MODULES.find(([start]) => key.canonical.startsWith(start)) ?? []
  if (prefix === undefined || has(prefix)) return undefined
  return `there is no ${prefix}* here: the kernel module ${module} is not loaded on the node (modprobe ${module})`
}

const MOST_NAMES = 3

/** The names that may have been meant: the same last segment elsewhere, or few letters off. */
function formatNearest(key: SysctlKey, tree: SysctlTree): string {
  const last = segmentsOf(key).at(-1) as string
  const limit = Math.max(2, Math.floor(last.length / 3))
  const ranked = [...tree.keys()]
    .map((name) => ({ name, distance: distanceTo(key.canonical, last, name, limit) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
  const nearest = ranked.filter(({ distance }) => distance <= (ranked[0]?.distance ?? 0) + 1).slice(0, MOST_NAMES)
  return nearest.length === 0 ? '' : `; did you mean ${nearest.map(({ name }) => name).join(' or ')}?`
}

function distanceTo(canonical: string, last: string, candidate: string, limit: number): number {
  if (candidate.endsWith(`.${last}`)) return 0
  // As many letters are off as one is longer, at least: most need not be compared.
  const atLeast = Math.abs(canonical.length - candidate.length)
  return atLeast > limit ? atLeast : leven(canonical, candidate)
}

function diagnoseDenied(key: SysctlKey, error: OsError, { inNetns, onHost, release }: Surroundings): string {
  if (isWritable(inNetns.get(key.canonical))) {
    return `may not be written by the plugin (${error.errno}); it must run as root, outside any container`
  }
  if (onHost === undefined || isWritable(onHost.get(key.canonical))) {
    return `is read-only in a container on Linux ${release}; the node's value counts: set it there, in /etc/sysctl.d`
  }
  return 'is read-only everywhere: the kernel only reports it'
}

function isWritable(mode: number | undefined): boolean {
  return mode !== undefined && (mode & 0o222) !== 0
}
