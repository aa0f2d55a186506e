import type { Command } from './executable.ts'

const LIMITED = 'ulimit -t "$0"; exec "$@"'

/** Runs a command with a limit of processor time, in seconds, so that a busy machine does not matter. */
export function withProcessorTime(seconds: number, command: Command): Command {
  return ['sh', '-c', LIMITED, String(seconds), ...command]
}

/** The processor time of `action` here, in milliseconds. */
export function processorTimeOf(action: () => void): number {
  const before = process.cpuUsage()
  action()
  return process.cpuUsage(before).user / 1000
}
