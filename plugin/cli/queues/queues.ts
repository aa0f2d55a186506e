import type { Os } from '../../os/os.ts'
import { UsageError } from '../cli-error.ts'
import { defineCommand, type Report } from '../command.ts'
import type { Arguments, Option } from '../options.ts'
import type { Paint } from '../paint.ts'
import { type Choice, chooseContainers } from './choose.ts'
import { reportSample } from './report.ts'
import { type Sample, takeSample } from './sample.ts'
import { watchQueues } from './watch.ts'

const OPTIONS = [
  { name: '--pid', value: 'PID', isRepeatable: true, help: 'Only the container of this process; 1 is the node itself' },
  { name: '--netns', value: 'PATH', isRepeatable: true, help: 'Only this network namespace' },
  { name: '--namespace', value: 'NAME', isRepeatable: true, help: 'Only pods of this namespace of Kubernetes' },
  {
    name: '--interval',
    value: 'SECONDS',
    help: 'Look twice, so many seconds apart, to distinguish a burst from a slow server',
  },
  { name: '--watch', help: 'Look again and again, every 2 seconds or --interval, until Ctrl-C' },
] as const satisfies readonly Option[]

export type QueuesOption = (typeof OPTIONS)[number]['name']

export const queuesCommand = defineCommand<QueuesOption>({
  name: 'queues',
  summary: 'which accept queues of the containers overflow, and why',
  usage: ['[--pid PID]… [--netns PATH]… [--namespace NAME]…', '--interval SECONDS …', '--watch …'],
  description: [
    'Shows every listening TCP socket of every container of the node: how many connections wait to be accepted, how many may wait, how many were dropped since it listens, and who listens. A queue is as long as what the server has given to listen(2), and never longer than net.core.somaxconn was at that moment; a later change of the sysctl does not reach it.',
    'Tells where the limit comes from, and what to change: net.core.somaxconn, the server itself (for well-known servers it names the directive), or a restart. The kernel does not tell a server that asked for less from one that listened before the value was raised; if the undo record of the plugin cannot tell either, both causes are shown. ListenOverflows and ListenDrops are the counters of the whole network namespace.',
    'Needs root. Changes nothing, except that the kernel may load the module tcp_diag. Exit code 1 if a queue overflows, has dropped connections, or is shorter than its server is known to ask for because of net.core.somaxconn.',
  ],
  options: OPTIONS,
  example: 'queues --namespace ingress-nginx --interval 5',
  run: queues,
})

/** Between two looks of --watch, in seconds. */
const USUAL_INTERVAL = 2

function queues(os: Os, args: Arguments<QueuesOption>, paint: Paint): Report {
  const choice = parseChoice(args)
  const interval = parseInterval(args.value('--interval'))
  const look = (before?: Sample) => takeSample(os, chooseContainers(os, choice), before)
  if (args.isGiven('--watch')) {
    if (os.args.includes('--json')) throw new UsageError('--watch goes without --json; use --interval')
    return watchQueues(os, interval ?? USUAL_INTERVAL, look, paint)
  }
  const first = look()
  if (interval === undefined) return reportSample(first, paint)
  // From now on SIGTERM ends the wait, and the result is printed.
  os.watchFolders([])
  os.pause(interval * 1000)
  return reportSample(look(first), paint)
}

function parseChoice(args: Arguments<QueuesOption>): Choice {
  if (args.operands.length > 0) throw new UsageError(`${args.operands.join(' ')} is not expected here`)
  const pids = args.values('--pid')
  const wrong = pids.find((pid) => !/^[1-9]\d*$/.test(pid))
  if (wrong !== undefined) throw new UsageError(`--pid ${JSON.stringify(wrong)} is not a process id`)
  const paths = [...pids.map((pid) => `/proc/${pid}/ns/net`), ...args.values('--netns')]
  return { paths, namespaces: args.values('--namespace') }
}

/** Longer than anybody waits, and still allowed by poll(2). */
const LONGEST_INTERVAL = 86_400

function parseInterval(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0
  if (seconds > 0 && seconds <= LONGEST_INTERVAL) return seconds
  throw new UsageError(`--interval ${JSON.stringify(text)} must be a number of seconds, up to ${LONGEST_INTERVAL}`)
}
