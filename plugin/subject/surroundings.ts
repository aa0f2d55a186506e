/** Every sysctl of a netns below net/: canonical key -> permission bits. */
export type SysctlTree = ReadonlyMap<string, number>

/** Facts about a node, to explain why something cannot be set. */
export interface Surroundings {
  readonly inNetns: SysctlTree
  /** Undefined if the plugin may not go back to the host's netns, as in a user namespace. */
  readonly onHost: SysctlTree | undefined
  /** The interfaces in the netns. */
  readonly links: readonly string[]
  /** Of the kernel, `6.18.44`. */
  readonly release: string
}

/** The list of interfaces, as the end of a sentence: `there are lo, eth0`. */
export function formatLinkNames(names: readonly string[]): string {
  return `there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}`
}

/** Whether a tree belongs to the machine's first netns: only that one has this file. */
export function isOfInitialNetns(tree: SysctlTree): boolean {
  return tree.has('net.core.netdev_max_backlog')
}
