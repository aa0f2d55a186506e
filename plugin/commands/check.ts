import { ErrorCode, type Problem, throwProblems } from '../cni/error.ts'
import type { AttachmentRequest } from '../cni/request.ts'
import { parsePluginConf } from '../config/conf.ts'
import { readAllowlist } from '../config/policy.ts'
import type { Stdin } from '../config/stdin.ts'
import { readLinkNames } from '../link/names.ts'
import { log } from '../os/log.ts'
import { type Os, OsError } from '../os/os.ts'
import { readValue } from '../sysctl/apply.ts'
import { planWrites, type Write } from '../sysctl/plan.ts'
import { isKept } from '../sysctl/value.ts'
import { requirePrevResult } from './add.ts'
import { enterContainerNetns } from './netns.ts'

/** CHECK: throws CniError 102 with every difference between the container's netns and what ADD would have set. */
export function check(os: Os, request: AttachmentRequest, stdin: Stdin): void {
  const conf = parsePluginConf(stdin)
  requirePrevResult(conf)
  const plan = planWrites(conf.settings, request.ifName, readAllowlist(os))
  enterContainerNetns(os, request)
  const problems = findMissingLink(os, request.ifName)
  for (const write of plan) {
    const difference = findDifference(os, write)
    if (difference === undefined) continue
    const msg = `${write.key.canonical}: ${difference}`
    if (write.mayFail) log(os, `${msg}, ignored because of its "-"`)
    else problems.push({ code: ErrorCode.checkFailed, msg })
  }
  throwProblems(problems)
}

function findMissingLink(os: Os, ifName: string): Problem[] {
  const links = readLinkNames(os)
  if (links.includes(ifName)) return []
  const msg = `the interface ${ifName} (CNI_IFNAME) does not exist in the container; there are ${links.join(', ')}`
  return [{ code: ErrorCode.checkFailed, msg }]
}

function findDifference(os: Os, write: Write): string | undefined {
  try {
    const current = readValue(os, write)
    if (current === undefined || isKept(write.key, write.value, current)) return undefined
    return `is ${JSON.stringify(current)}, not ${JSON.stringify(write.value)}`
  } catch (error) {
    if (!(error instanceof OsError)) throw error
    return `cannot be read (${error.errno})`
  }
}
