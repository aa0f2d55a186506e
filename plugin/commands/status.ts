import { collect, ErrorCode, type Problem, throwProblems } from '../cni/error.ts'
import { parsePluginConf } from '../config/conf.ts'
import type { Stdin } from '../config/stdin.ts'
import { type Os, OsError } from '../os/os.ts'
import { readAllowlist } from '../policy/allowlist.ts'
import { dataDirProblem } from '../state/store.ts'

/** setns(2) needs it. The bit's number in capabilities(7). */
const CAP_SYS_ADMIN = 21n

/** STATUS: throws CniError 50 with every reason for which an ADD could not work here; 6 or 7 for a bad configuration. */
export function status(os: Os, stdin: Stdin): void {
  const { dataDir, restoreOnDel, link } = parsePluginConf(stdin)
  const problems: Problem[] = []
  if (!hasCapability(os, CAP_SYS_ADMIN)) {
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

function hasCapability(os: Os, bit: bigint): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(os.readFile('/proc/self/status'))?.[1] ?? '0'
  return ((BigInt(`0x${effective}`) >> bit) & 1n) === 1n
}

/**
 * Whether /proc/sys is mounted read-only, as in a container; ip_forward is in every netns. EACCES says nothing: root in
 * a user namespace may write what belongs to a container, and not this.
 */
function findReadOnly(os: Os): Problem | undefined {
  try {
    os.checkWritable('/proc/sys/net/ipv4/ip_forward')
    return undefined
  } catch (error) {
    if (!(error instanceof OsError)) throw error
    if (error.errno === 'EACCES') return undefined
    return notAvailable(`/proc/sys/net cannot be written (${error.errno})`, 'run the plugin on the node, as root')
  }
}

function notAvailable(msg: string, details: string): Problem {
  return { code: ErrorCode.notAvailable, msg, details }
}
