import type { Netns } from '../../os/netns.ts'
import { catchOsError, type Os, OsError } from '../../os/os.ts'
import { CliError, UsageError } from '../cli-error.ts'
import { defineCommand, type Report } from '../command.ts'
import type { Arguments } from '../options.ts'
import type { Paint } from '../paint.ts'
import { formatTable, formatValue } from '../table.ts'
import { compareAll, type Difference } from './compare.ts'
import { findEntries, readPlan } from './wanted.ts'

export const diffCommand = defineCommand({
  name: 'diff',
  summary: 'what a running container has, against what a configuration asks',
  usage: ['(--netns PATH | --pid PID) [OPTION]… FILE'],
  description: [
    "Compares a container's network namespace with what the netns-sysctl entries of a conflist ask for; inherited sysctls with what the host has now. It does not look at the pod's own sysctls. Changes nothing. Exit code 1 if something differs. Needs root.",
  ],
  options: [
    { name: '--netns', value: 'PATH', help: "The file of the container's network namespace" },
    { name: '--pid', value: 'PID', help: 'A process of the container' },
    { name: '--ifname', value: 'NAME', help: "The container's interface; the default is eth0" },
    { name: '--namespace', value: 'NAME', help: "The pod's namespace, whose profile counts then" },
    { name: '--profile', value: 'NAME', help: 'The profile that the pod has chosen' },
  ],
  example: 'diff --pid "$(pgrep -o nginx)" /etc/cni/net.d/10-web.conflist',
  run: diff,
})

function diff(
  os: Os,
  args: Arguments<'--netns' | '--pid' | '--ifname' | '--namespace' | '--profile'>,
  paint: Paint,
): Report {
  const [file, ...more] = args.operands
  if (file === undefined || more.length > 0) throw new UsageError('diff needs one file with a configuration')
  const netns = parseNetns(args.value('--netns'), args.value('--pid'))
  const opened = openNetns(os, netns)
  const plan = readPlan(os, findEntries(os, file), {
    ifName: args.value('--ifname') ?? 'eth0',
    namespace: args.value('--namespace'),
    profile: args.value('--profile'),
  })
  os.enterNetns(opened)
  const differences = compareAll(os, plan)
  const isSame = differences.every(({ isSame, mayDiffer }) => isSame || mayDiffer)
  return { text: format(differences, paint), json: { netns, differences }, exitCode: isSame ? 0 : 1 }
}

function parseNetns(netns: string | undefined, pid: string | undefined): string {
  if ((netns === undefined) === (pid === undefined)) throw new UsageError('diff needs either --netns or --pid')
  if (netns !== undefined) return netns
  if (!/^[1-9]\d*$/.test(pid ?? '')) throw new UsageError(`--pid ${pid} is not a process id`)
  return `/proc/${pid}/ns/net`
}

function openNetns(os: Os, path: string): Netns {
  const own = os.ownNetnsId()
  const netns = catchOsError(() => os.openNetns(path))
  if (!(netns instanceof OsError)) {
    if (netns.id !== own) return netns
    throw new CliError(`${path} is the host's network namespace: what runs in it gets nothing of this plugin`)
  }
  if (netns.errno === 'EINVAL') throw new CliError(`${path} is not a network namespace`)
  const pid = /^\/proc\/(\d+)\/ns\/net$/.exec(path)?.[1]
  if (netns.errno === 'ENOENT' && pid !== undefined) throw new CliError(`there is no process ${pid}`)
  throw netns
}

function format(differences: readonly Difference[], paint: Paint): string {
  if (differences.length === 0) return 'the configuration asks for nothing\n'
  const rows = differences.map(({ name, wanted, current, remark }) => {
    return [name, formatValue(wanted), formatValue(current), remark]
  })
  return formatTable([['SETTING', 'WANTED', 'CONTAINER', ''], ...rows], (cell, row, column) => {
    if (row === 0) return paint.bold(cell)
    if (column < 3) return cell
    return differences[row - 1]?.mayDiffer ? paint.yellow(cell) : paint.red(cell)
  })
}
