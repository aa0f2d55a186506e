import { isOlderThan } from './release.ts'

/**
 * Sysctls that have a writable file in each netns, but only one value for the whole node: a container
 * would set them for all others.
 */
interface OfNode {
  readonly keys: RegExp
  /** The first series in which a container can only read it; undefined if it can be written in all. */
  readonly before?: string
}

const OF_NODE: readonly OfNode[] = [
  // nf_hooks_lwtunnel_sysctl_handler(): a static key, which can be switched on and never off again.
  { keys: /^net\.netfilter\.nf_hooks_lwtunnel$/ },
  // Commit 2671fa4dc010 made them read-only. Distributions have it in older kernels too; there the mode shows it.
  { keys: /^net\.(netfilter\.)?nf_conntrack_(max|expect_max|buckets)$/, before: '5.12' },
]

/** A part that all of their names have, and few others: every key of an ADD is tested. */
const IN_COMMON = '.nf_'

/** Whether a write in a container changes the node on every kernel: such a name is not a key of a netns. */
export function isAlwaysOfNode(canonical: string): boolean {
  return OF_NODE.some(({ keys, before }) => before === undefined && keys.test(canonical))
}

/** Whether it may do so on some kernels, so that the kernel's release has to be checked. */
export function mayBeOfNode(canonical: string): boolean {
  return canonical.includes(IN_COMMON) && OF_NODE.some(({ keys }) => keys.test(canonical))
}

/** Whether a write in a container changes the node on kernels where the file can be written. */
export function isOfNode(canonical: string, release: string): boolean {
  return OF_NODE.some(({ keys, before }) => {
    return keys.test(canonical) && (before === undefined || isOlderThan(release, before))
  })
}
