import type { Os } from '../os/os.ts'

/** The names of the interfaces in the network namespace of this thread: proc_pid_net(5), /proc/net/dev. */
export function readLinkNames(os: Pick<Os, 'readFile'>): string[] {
  const lines = os.readFile('/proc/thread-self/net/dev').split('\n')
  return lines.flatMap((line) => /^\s*(\S+):\s/.exec(line)?.[1] ?? [])
}

/** What interfaces there are, as the end of a sentence: `there are lo, eth0`. */
export function formatLinkNames(names: readonly string[]): string {
  return `there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}`
}
