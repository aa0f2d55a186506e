import type { Command } from './executable.ts'

const LIMITED = 'ulimit -t "$0"; exec "$@"'

/** Runs a command that the kernel ends where it takes more of the processor's time, in seconds: however busy the machine is. */
export function withProcessorTime(seconds: number, command: Command): Command {
  return ['sh', '-c', LIMITED, String(seconds), ...command]
}

/** The time of the processor that `action` takes, in milliseconds, here. */
export function processorTimeOf(action: () => void): number {
  const before = process.cpuUsage()
  action()
  return process.cpuUsage(before).user / 1000
}
