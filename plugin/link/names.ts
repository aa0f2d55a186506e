import type { Os } from '../os/os.ts'

/** The names of the interfaces in the network namespace of this thread: proc_pid_net(5), /proc/net/dev. */
export function readLinkNames(os: Pick<Os, 'readFile'>): string[] {
  const lines = os.readFile('/proc/thread-self/net/dev').split('\n')
  return lines.flatMap((line) => /^\s*(\S+):\s/.exec(line)?.[1] ?? [])
}
