import { catchOsError, type Os, OsError } from '../../os/os.ts'
import { pluginVersion } from '../about.ts'
import { UsageError } from '../cli-error.ts'
import { defineCommand, type Report } from '../command.ts'
import { DEFAULT_BIN_DIR, executableIn } from '../install/bin-dir.ts'
import { DEFAULT_CONF_DIR } from '../install/net-d.ts'
import { parseFolder } from '../install/paths.ts'
import { DEFAULT_CACHE_DIR } from '../node/cache.ts'
import { STATES, type State } from '../node/judge.ts'
import { listNode, type Row } from '../node/rows.ts'
import type { Arguments } from '../options.ts'
import type { Paint } from '../paint.ts'
import { formatStatus } from './format.ts'
import type { Executable, Found } from './found.ts'
import { formatMetrics } from './metrics.ts'

type Name = '--namespace' | '--state' | '--strict' | '--prometheus' | '--conf-dir' | '--bin-dir' | '--cache-dir'

export const statusCommand = defineCommand<Name>({
  name: 'status',
  summary: 'the node at a glance: which containers have what the conflist asks',
  usage: ['[--namespace NAME]… [--state STATE]… [--strict]', '--prometheus'],
  description: [
    "Lists every attachment of a container to a network that libcni's cache or an undo record knows, and every other network namespace of the node. The states: in order; changed: a value is not what ADD left there, which a pod's own securityContext.sysctls may have done; outdated: the conflist asks something else now; without: the container was made without the plugin; gone: the container is no more, and its runtime has not said so; unknown: nothing tells how it was made.",
    'Exit code 1 if an attachment is outdated, without the plugin or gone, with --strict also if one is changed, and if no conflist has an entry of the plugin or the executable is missing. Changes nothing. Needs root.',
  ],
  options: [
    { name: '--namespace', value: 'NAME', isRepeatable: true, help: 'Only pods of this Kubernetes namespace' },
    { name: '--state', value: 'STATE', isRepeatable: true, help: `Only these: ${STATES.join(', ')}` },
    { name: '--strict', help: 'Exit code 1 also if something was changed since ADD' },
    {
      name: '--prometheus',
      help: "Print metrics in Prometheus' text format, as for node_exporter's textfile collector",
    },
    { name: '--conf-dir', value: 'FOLDER', help: `The folder of the node's conflists; ${DEFAULT_CONF_DIR}` },
    { name: '--bin-dir', value: 'FOLDER', help: `The folder of the node's CNI plugins; ${DEFAULT_BIN_DIR}` },
    { name: '--cache-dir', value: 'FOLDER', help: `The folder of libcni's cache; ${DEFAULT_CACHE_DIR}` },
  ],
  example: 'status --state outdated --state without',
  run: status,
})

const BAD: readonly State[] = ['outdated', 'without', 'gone']

function status(os: Os, args: Arguments<Name>, paint: Paint): Report {
  if (args.operands.length > 0) throw new UsageError('status takes no operand')
  const states = args.values('--state').map(parseState)
  const namespaces = args.values('--namespace')
  const confDir = parseFolder(args.value('--conf-dir') ?? DEFAULT_CONF_DIR)
  const cacheDir = parseFolder(args.value('--cache-dir') ?? DEFAULT_CACHE_DIR)
  const { networks, rows } = listNode(os, { cacheDir, confDir })
  const shown = rows.filter((row) => isShown(row, namespaces, states))
  const found: Found = {
    confDir,
    inForce: networks[0],
    executable: readExecutable(os, parseFolder(args.value('--bin-dir') ?? DEFAULT_BIN_DIR)),
    others: networks.slice(1).filter(({ entries }) => entries.length > 0),
    rows: shown,
  }
  const isBad = ({ state }: Row) => BAD.includes(state) || (state === 'changed' && args.isGiven('--strict'))
  const isReady = found.executable.version !== null && (found.inForce?.entries.length ?? 0) + found.others.length > 0
  return {
    text: args.isGiven('--prometheus') ? formatMetrics(found) : formatStatus(found, paint),
    json: toJson(found),
    exitCode: isReady && !shown.some(isBad) ? 0 : 1,
  }
}

function parseState(text: string): State {
  const state = STATES.find((known) => known === text)
  if (state === undefined) throw new UsageError(`--state ${text} must be one of: ${STATES.join(', ')}`)
  return state
}

function isShown({ pod, state }: Row, namespaces: readonly string[], states: readonly State[]): boolean {
  const isInNamespace = namespaces.length === 0 || (pod !== undefined && namespaces.includes(pod.namespace))
  return isInNamespace && (states.length === 0 || states.includes(state))
}

/** The version is known without running it, if it is the file that is running now. */
function readExecutable(os: Os, folder: string): Executable {
  const path = executableIn(folder)
  const isSame = catchOsError(() => os.hasSameContent('/proc/self/exe', path))
  if (isSame instanceof OsError) {
    const isThere = !(catchOsError(() => os.fileStatus(path)) instanceof OsError)
    return { path, version: isThere ? 'unknown' : null }
  }
  return { path, version: isSame ? pluginVersion() : 'another' }
}

function toJson({ confDir, inForce, others, executable, rows }: Found): unknown {
  return {
    conflist: {
      folder: confDir,
      file: inForce?.file ?? null,
      network: inForce?.name ?? null,
      hasEntry: (inForce?.entries.length ?? 0) > 0,
    },
    otherFiles: others.map(({ file }) => file),
    executable,
    attachments: rows.map(({ attachment, pod, name, ...row }) => ({
      pod: pod ?? null,
      name,
      containerId: attachment?.containerId ?? null,
      network: attachment?.network ?? null,
      ifName: attachment?.ifName ?? null,
      ...row,
    })),
  }
}
