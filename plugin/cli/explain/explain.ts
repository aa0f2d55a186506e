import type { Os } from '../../os/os.ts'
import { lookAroundHost } from '../../plan/surroundings.ts'
import { UsageError } from '../cli-error.ts'
import { defineCommand, type Report } from '../command.ts'
import { formatFacts } from '../facts/facts.ts'
import { gatherFacts } from '../facts/gather.ts'
import { tryNewNetns } from '../new-netns.ts'
import type { Arguments } from '../options.ts'
import type { Paint } from '../paint.ts'
import { formatTable, formatValue } from '../table.ts'
import { parseAsked } from './asked.ts'
import {
  type Explanation,
  explainKey,
  explainNoKey,
  readDevconfInherit,
  readHost,
  readNewNetns,
} from './explanation.ts'

/** The sysctls that are explained if none is named. */
const USUAL = [
  'net.core.somaxconn',
  'net.core.netdev_max_backlog',
  'net.core.rmem_max',
  'net.core.wmem_max',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_max_syn_backlog',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_tw_reuse',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
  'net.ipv4.tcp_mem',
  'net.ipv4.tcp_congestion_control',
  'net.ipv4.conf.all.rp_filter',
  'net.ipv4.neigh.default.gc_thresh3',
  'net.ipv6.conf.all.disable_ipv6',
  'net.netfilter.nf_conntrack_max',
]

export const explainCommand = defineCommand({
  name: 'explain',
  summary: 'sysctls on the host and in a new container, and which can be set',
  usage: ['[KEY|GLOB…]', '--facts'],
  description: [
    "Shows for each sysctl the host's value, what a new network namespace starts with (it makes one to look, which needs root), whether that follows the host, and whether this plugin can set it. Without arguments it shows the sysctls that people ask about most. Exit code 1: there is no such sysctl.",
    'With --facts it prints, as JSON, what lint --node needs to check a configuration for this node elsewhere: the kernel, each sysctl with its mode and value on the host and in a new network namespace, the modules that are loaded, the allowlist and the conflist in force. Secrets are left out.',
  ],
  options: [{ name: '--facts', help: 'Print what lint --node needs to know of this node' }],
  example: "explain net.core.somaxconn 'net.ipv4.tcp_keepalive_*'",
  run: explain,
})

function explain(os: Os, args: Arguments<'--facts'>, paint: Paint): Report {
  const { operands } = args
  if (args.isGiven('--facts')) return explainFacts(os, operands)
  const surroundings = lookAroundHost(os)
  const node = { surroundings, devconfInherit: readDevconfInherit(os) }
  const asked = (operands.length === 0 ? USUAL : operands).flatMap((text) => parseAsked(text, surroundings.inNetns))
  const onHost = asked.map((each) => ('key' in each ? { key: each.key, host: readHost(os, each.key) } : each))
  const canMake = tryNewNetns(os)
  const sysctls = onHost.map((each) => {
    if (!('key' in each)) return explainNoKey(each)
    return explainKey(each.key, each.host, canMake ? readNewNetns(os, each.key) : undefined, node)
  })
  return {
    text: format(sysctls, surroundings.release, canMake, paint),
    json: { release: surroundings.release, sysctls },
    exitCode: operands.length > 0 && sysctls.some(({ exists }) => exists === false) ? 1 : 0,
  }
}

function explainFacts(os: Os, operands: readonly string[]): Report {
  if (operands.length > 0) throw new UsageError('--facts is about all sysctls; leave out the names')
  const facts = gatherFacts(os)
  return { text: formatFacts(facts), json: JSON.parse(formatFacts(facts)), exitCode: 0 }
}

function format(sysctls: readonly Explanation[], release: string, canMake: boolean, paint: Paint): string {
  const answer = (value: boolean | null) => (value === null ? '?' : value ? 'yes' : 'no')
  const head = ['SYSCTL', 'HOST', 'NEW NETNS', 'CAN BE SET', '']
  const rows = sysctls.map(({ key, host, newNetns, settable, remark }) => {
    return [key, formatValue(host), formatValue(newNetns), answer(settable), remark]
  })
  const table = formatTable([head, ...rows], (cell, row, column) => {
    if (row === 0) return paint.bold(cell)
    return column === 2 && cell !== rows[row - 1]?.[1] && cell !== '-' ? paint.yellow(cell) : cell
  })
  const note = 'No network namespace could be made to look at: run it as root to see what a container gets.'
  return `Linux ${release}\n\n${table}${canMake ? '' : `\n${note}\n`}`
}
