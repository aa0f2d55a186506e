import { collect, ErrorCode, type Problem, throwProblems } from '../cni/error.ts'
import { parsePluginConf } from '../config/conf.ts'
import type { Stdin } from '../config/stdin.ts'
import { catchOsError, type Os, OsError } from '../os/os.ts'
import { readAllowlist } from '../policy/allowlist.ts'
import { dataDirProblem } from '../state/data-dir.ts'
import { explainUnread } from '../sysctl/diagnose.ts'

/** setns(2) needs it. The bit's number in capabilities(7). */
const CAP_SYS_ADMIN = 21n

/** STATUS: throws CniError 50 with every reason why an ADD cannot work here; 6 or 7 for an invalid configuration. */
export function status(os: Os, stdin: Stdin): void {
  const { dataDir, restoreOnDel, link } = parsePluginConf(stdin)
  const problems: Problem[] = []
  const capabilities = readCapabilities(os)
  if (capabilities === undefined) {
    problems.push(notAvailable('/proc is not mounted where the plugin runs', ON_NODE))
  } else if (((capabilities >> CAP_SYS_ADMIN) & 1n) === 0n) {
    problems.push(notAvailable('no CAP_SYS_ADMIN, so no network namespace can be entered', 'run the plugin as root'))
  }
  const readOnly = findReadOnly(os)
  if (readOnly !== undefined) problems.push(readOnly)
  const isRecorded = restoreOnDel || Object.keys(link).length > 0
  const unusable = isRecorded ? dataDirProblem(os, dataDir) : undefined
  if (unusable !== undefined)
    problems.push(notAvailable(`dataDir ${dataDir} ${unusable}`, 'undo records are kept there'))
  const policyProblems: Problem[] = []
  collect(policyProblems, () => readAllowlist(os))
  problems.push(...policyProblems.map((problem) => ({ ...problem, code: ErrorCode.notAvailable })))
  throwProblems(problems)
}

/** Of this process; undefined without /proc. */
function readCapabilities(os: Os): bigint | undefined {
  const text = os.readIfExists('/proc/self/status')
  return text === undefined ? undefined : BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(text)?.[1] ?? '0'}`)
}

const IN_EVERY_NETNS = '/proc/sys/net/ipv4/ip_forward'

/**
 * Whether /proc/sys is read-only, as in a container, or hidden by another mount. EACCES is not a sign of that: root in a user
 * namespace may write the sysctls of a container, but not this one.
 */
function findReadOnly(os: Os): Problem | undefined {
  const unread = catchOsError(() => os.readFile(IN_EVERY_NETNS))
  if (unread instanceof OsError) return notAvailable(`/proc/sys/net ${explainUnread(unread)}`, ON_NODE)
  const refusal = catchOsError(() => os.checkWritable(IN_EVERY_NETNS))
  if (!(refusal instanceof OsError) || refusal.errno === 'EACCES') return undefined
  return notAvailable(`/proc/sys/net cannot be written (${refusal.errno})`, ON_NODE)
}

const ON_NODE = 'run the plugin on the node, as root'

function notAvailable(msg: string, details: string): Problem {
  return { code: ErrorCode.notAvailable, msg, details }
}
