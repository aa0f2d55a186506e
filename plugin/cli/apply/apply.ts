import { log } from '../../os/log.ts'
import type { Os } from '../../os/os.ts'
import { CliError, UsageError } from '../cli-error.ts'
import { defineCommand, type Report } from '../command.ts'
import { DEFAULT_CONF_DIR } from '../install/net-d.ts'
import { parseFolder } from '../install/paths.ts'
import { DEFAULT_CACHE_DIR } from '../node/cache.ts'
import { listNode, type Row } from '../node/rows.ts'
import type { Arguments } from '../options.ts'
import type { Paint } from '../paint.ts'
import { applyTo } from './apply-to.ts'
import { formatApplied } from './format.ts'

type Name = '--namespace' | '--container' | '--all' | '--dry-run' | '--force' | '--conf-dir' | '--cache-dir'

export const applyCommand = defineCommand<Name>({
  name: 'apply',
  summary: 'brings running containers to what the conflist asks now',
  usage: ['--all [--dry-run] [--force]', '[--namespace NAME]… [--container ID]… [OPTIONS]'],
  description: [
    "Sets in running containers what an ADD with today's conflist, allowlist and inherited values would set, with the CNI_ARGS and the annotations that the runtime remembers, and puts back what the conflist does not ask any more. DEL undoes it as it undoes ADD, and CHECK accepts it. What was changed since ADD stays, unless --force is given; what a later attachment of the same container has set stays too. An entry with first counts for new containers only.",
    "A server's accept queue is fixed when the server starts to listen: after net.core.somaxconn is raised, restart the server. Exit code 1 if something was left as it is, 2 if a container could not be brought up to date. Needs root.",
  ],
  options: [
    { name: '--namespace', value: 'NAME', isRepeatable: true, help: 'The pods of this Kubernetes namespace' },
    {
      name: '--container',
      value: 'ID',
      isRepeatable: true,
      help: 'The container, or sandbox, whose id starts like this',
    },
    { name: '--all', help: 'Every container of the node' },
    { name: '--dry-run', help: 'Only show what would be done' },
    { name: '--force', help: 'Also overwrite values that were changed since ADD' },
    { name: '--conf-dir', value: 'FOLDER', help: `The folder of the node's conflists; ${DEFAULT_CONF_DIR}` },
    { name: '--cache-dir', value: 'FOLDER', help: `The folder of libcni's cache; ${DEFAULT_CACHE_DIR}` },
  ],
  example: 'apply --namespace shop --dry-run',
  run: apply,
})

function apply(os: Os, args: Arguments<Name>, paint: Paint): Report {
  const isChosen = parseChoice(args)
  const { networks, rows } = listNode(os, {
    cacheDir: parseFolder(args.value('--cache-dir') ?? DEFAULT_CACHE_DIR),
    confDir: parseFolder(args.value('--conf-dir') ?? DEFAULT_CONF_DIR),
  })
  const isDryRun = args.isGiven('--dry-run')
  const chosen = rows.filter((row) => row.attachment !== undefined && row.state !== 'gone' && isChosen(row))
  if (chosen.length === 0 && !args.isGiven('--all')) throw new CliError('no attachment of a running container matches')
  const isForced = args.isGiven('--force')
  const applied = inOrder(chosen, (row) => applyTo(os, row, networks, { isDryRun, isForced }))
  for (const { name, error } of applied) if (error !== undefined) log(os, `${name}: ${error}`)
  const isLeft = applied.some(({ left, remark }) => left.length > 0 || remark !== undefined)
  return {
    text: formatApplied(applied, isDryRun, paint),
    json: { isDryRun, attachments: applied },
    exitCode: applied.some(({ error }) => error !== undefined) ? 2 : isLeft ? 1 : 0,
  }
}

/**
 * Does it for the later attachments first: an earlier one can then set what they do not ask for any more. The results are in the
 * order of the rows.
 */
function inOrder<T>(rows: readonly Row[], act: (row: Row) => T): T[] {
  const results = new Map<Row, T>()
  for (const row of rows.toSorted((a, b) => numberOf(b) - numberOf(a))) results.set(row, act(row))
  return rows.flatMap((row) => results.get(row) ?? [])
}

function numberOf({ attachment }: Row): number {
  return Math.max(0, ...(attachment?.records ?? []).map(({ sequence }) => sequence))
}

function parseChoice(args: Arguments<Name>): (row: Row) => boolean {
  const namespaces = args.values('--namespace')
  const ids = args.values('--container')
  const isAll = args.isGiven('--all')
  if (args.operands.length > 0) throw new UsageError('apply takes no operand')
  if (isAll === namespaces.length + ids.length > 0) {
    throw new UsageError('apply needs either --all, or --namespace or --container')
  }
  if (ids.includes('')) throw new UsageError('--container needs the beginning of an id')
  return ({ pod, attachment }) => {
    const isInNamespace = namespaces.length === 0 || (pod !== undefined && namespaces.includes(pod.namespace))
    const hasId = ids.length === 0 || ids.some((id) => attachment?.containerId.startsWith(id))
    return isAll || (isInNamespace && hasId)
  }
}
