/** A netns' counters of its accept queues since it was made: /proc/net/netstat. */
export interface Counters {
  /** Connections that came when a queue was full. */
  readonly overflows: number
  /** These, and connections that were dropped for other reasons. */
  readonly drops: number
}

/** Reads the counters of TcpExt in the text of /proc/net/netstat, a line of names and a line of values. */
export function parseCounters(netstat: string): Counters {
  const [names = [], values = []] = netstat
    .split('\n')
    .filter((line) => line.startsWith('TcpExt:'))
    .map((line) => line.split(' '))
  const counterOf = (name: string) => Number(values[names.indexOf(name)] ?? 0)
  return { overflows: counterOf('ListenOverflows'), drops: counterOf('ListenDrops') }
}
