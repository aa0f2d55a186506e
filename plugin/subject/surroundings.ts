/** Every sysctl under net/ that a netns has: canonical key -> permission bits. */
export type SysctlTree = ReadonlyMap<string, number>

/** What there is to know of a node when something cannot be set. */
export interface Surroundings {
  readonly inNetns: SysctlTree
  /** Undefined if the plugin may not go back: in a user namespace that is not the host's. */
  readonly onHost: SysctlTree | undefined
  /** The interfaces in the netns. */
  readonly links: readonly string[]
  /** Of the kernel, `6.18.44`. */
  readonly release: string
}

/** What interfaces there are, as the end of a sentence: `there are lo, eth0`. */
export function formatLinkNames(names: readonly string[]): string {
  return `there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}`
}

/** Whether a tree is of the machine's first netns: what has this file is one value of the machine. */
export function isOfInitialNetns(tree: SysctlTree): boolean {
  return tree.has('net.core.netdev_max_backlog')
}
