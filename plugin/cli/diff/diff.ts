import { type Os, OsError } from '../../os/os.ts'
import { CliError, UsageError } from '../cli-error.ts'
import { defineCommand, type Report } from '../command.ts'
import type { Arguments } from '../options.ts'
import type { Paint } from '../paint.ts'
import { formatTable, formatValue } from '../table.ts'
import { compareAll, type Difference } from './compare.ts'
import { findEntry, readPlan } from './wanted.ts'

const OWN_NETNS = '/proc/thread-self/ns/net'

export const diffCommand = defineCommand({
  name: 'diff',
  summary: 'what a running container has, against what a configuration asks',
  usage: ['(--netns PATH | --pid PID) [--ifname NAME] FILE'],
  description: [
    "Compares a container's network namespace with what the netns-sysctl entry of a conflist asks for; inherited sysctls with what the host has now. What a pod's annotation asks for is not looked at. Changes nothing. Exit code 1 where something differs. Needs root.",
  ],
  options: [
    { name: '--netns', value: 'PATH', help: "The file of the container's network namespace" },
    { name: '--pid', value: 'PID', help: 'A process of the container' },
    { name: '--ifname', value: 'NAME', help: "The container's interface; eth0 where it is not given" },
  ],
  example: 'diff --pid "$(pgrep -o nginx)" /etc/cni/net.d/10-web.conflist',
  run: diff,
})

function diff(os: Os, args: Arguments<'--netns' | '--pid' | '--ifname'>, paint: Paint): Report {
  const [file, ...more] = args.operands
  if (file === undefined || more.length > 0) throw new UsageError('diff needs one file with a configuration')
  const netns = parseNetns(args.value('--netns'), args.value('--pid'))
  checkNetns(os, netns)
  const plan = readPlan(os, findEntry(os, file), args.value('--ifname') ?? 'eth0')
  os.enterNetns(netns)
  const differences = compareAll(os, plan)
  const isSame = differences.every(({ isSame, mayDiffer }) => isSame || mayDiffer)
  return { text: format(differences, paint), json: { netns, differences }, exitCode: isSame ? 0 : 1 }
}

function parseNetns(netns: string | undefined, pid: string | undefined): string {
  if ((netns === undefined) === (pid === undefined)) throw new UsageError('diff needs either --netns or --pid')
  if (netns !== undefined) return netns
  if (!/^[1-9]\d*$/.test(pid ?? '')) throw new UsageError(`--pid ${pid} is no number of a process`)
  return `/proc/${pid}/ns/net`
}

function checkNetns(os: Os, netns: string): void {
  if (readNetnsId(os, netns) !== os.netnsId(OWN_NETNS)) return
  throw new CliError(`${netns} is the host's network namespace: what runs in it gets nothing of this plugin`)
}

function readNetnsId(os: Os, netns: string): string {
  try {
    return os.netnsId(netns)
  } catch (error) {
    if (!(error instanceof OsError)) throw error
    if (error.errno === 'EINVAL') throw new CliError(`${netns} is no network namespace`)
    const pid = /^\/proc\/(\d+)\/ns\/net$/.exec(netns)?.[1]
    if (error.errno === 'ENOENT' && pid !== undefined) throw new CliError(`there is no process ${pid}`)
    throw error
  }
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
