import leven from 'leven'
import { formatLinkNames, isOfInitialNetns, type Surroundings, type SysctlTree } from '../subject/surroundings.ts'
import { formatCanonical, interfaceOf, ofInterface, type SysctlKey, segmentsOf } from './key.ts'
import { diagnoseModule } from './modules.ts'

/** Why the netns has no file for `key`; messages put it behind `key: `. */
export function diagnoseMissing(key: SysctlKey, { inNetns, onHost, links, release }: Surroundings): string {
  const inside = [...inNetns.keys()].filter((candidate) => candidate.startsWith(`${key.canonical}.`))
  if (inside.length > 0) return `is a directory of sysctls, not a sysctl; in it is ${inside.slice(0, 3).join(', ')}`
  return (
    missingInterface(key, links) ??
    dottedInterface(key, links) ??
    missingIpv6(key, inNetns) ??
    onHostOnly(key, inNetns, onHost, release) ??
    diagnoseModule(key.canonical, inNetns) ??
    oldName(key, inNetns) ??
    `${notThere(onHost, release)}${formatNearest(key, inNetns)}`
  )
}

function missingInterface(key: SysctlKey, links: readonly string[]): string | undefined {
  const name = interfaceOf(key)
  if (name === undefined || links.includes(name)) return undefined
  return `there is no interface ${name} here; ${formatLinkNames(links)}`
}

/** net.ipv4.conf.eth0.100.rp_filter, where each dot separates. */
function dottedInterface(key: SysctlKey, links: readonly string[]): string | undefined {
  const segments = segmentsOf(key)
  const name = segments.slice(3, -1).join('.')
  if (segments.length < 6 || !links.includes(name)) return undefined
  const spelling = [...segments.slice(0, 3), name, segments.at(-1)].join('/')
  return `a dot within an interface's name needs slashes around it: ${spelling}`
}

/** {@link missingInterface} knows the key's interface, if it has one. */
function missingIpv6(key: SysctlKey, inNetns: SysctlTree): string | undefined {
  if (!key.canonical.startsWith('net.ipv6.')) return undefined
  const has = (start: string) => [...inNetns.keys()].some((name) => name.startsWith(start))
  if (!has('net.ipv6.conf.')) return 'IPv6 is off here: there is no net.ipv6.conf'
  const name = interfaceOf(key)
  if (name === undefined || has(`${formatCanonical(['net', 'ipv6', 'conf', name])}.`)) return undefined
  // addrconf_notify(): IPV6_MIN_MTU.
  return `IPv6 is off on ${name}, as on every interface with an MTU below 1280: there is no net.ipv6.conf.${name}`
}

function onHostOnly(
  key: SysctlKey,
  inNetns: SysctlTree,
  onHost: SysctlTree | undefined,
  release: string,
): string | undefined {
  const only = `exists only on the host on Linux ${release}, for the whole node`
  if (onHost?.has(key.canonical)) return `${only}; set it there, in /etc/sysctl.d`
  // net.ipv4.neigh.eth0.gc_thresh1: only `default` has it.
  const ofAll = ofInterface(key, 'default').canonical
  if (!onHost?.has(ofAll) || inNetns.has(ofAll)) return undefined
  return `${only}, as ${ofAll}; set it there, in /etc/sysctl.d`
}

/** Linux 2.6.20 renamed net.ipv4.netfilter.ip_conntrack_max and others; Linux 4.9 removed the old names. */
function oldName(key: SysctlKey, inNetns: SysctlTree): string | undefined {
  const [, leaf] = /^net\.ipv4\.(?:netfilter\.)?ip_(conntrack_\w+)$/.exec(key.canonical) ?? []
  if (leaf === undefined) return undefined
  const today = `net.netfilter.nf_${leaf}`
  const module = diagnoseModule(today, inNetns)
  return `is the old name of ${today}${module === undefined ? '' : `; ${module}`}`
}

function notThere(onHost: SysctlTree | undefined, release: string): string {
  if (onHost === undefined || isOfInitialNetns(onHost)) return `does not exist on Linux ${release}`
  return `does not exist here on Linux ${release}; this node is itself in a network namespace, as with kind, so it cannot be seen whether the machine below has it`
}

const MOST_NAMES = 3

/** Names that may have been meant: the same last segment elsewhere, or a few letters differ. */
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
  // At least as many letters differ as one name is longer: most names need not be compared.
  const atLeast = Math.abs(canonical.length - candidate.length)
  return atLeast > limit ? atLeast : leven(canonical, candidate)
}
