import { CniError, ErrorCode } from '../cni/error.ts'
import type { AttachmentRequest } from '../cni/request.ts'
import { formatResult } from '../cni/result.ts'
import type { CniVersion } from '../cni/version.ts'
import { type PluginConf, parsePluginConf } from '../config/conf.ts'
import { readAllowlist } from '../config/policy.ts'
import type { Stdin } from '../config/stdin.ts'
import type { Os } from '../os/os.ts'
import { lookAtTargets, verifyTargets, writeTargets } from '../sysctl/apply.ts'
import { planWrites } from '../sysctl/plan.ts'
import { enterContainerNetns } from './netns.ts'

/** ADD: sets the sysctls in the container's netns and returns the result to print. */
export function add(os: Os, request: AttachmentRequest, stdin: Stdin, cniVersion: CniVersion): string {
  const conf = parsePluginConf(stdin)
  const prevResult = requirePrevResult(conf)
  const plan = planWrites(conf.settings, request.ifName, readAllowlist(os))
  enterContainerNetns(os, request)
  const targets = lookAtTargets(os, plan)
  writeTargets(os, targets)
  verifyTargets(os, targets)
  return formatResult(prevResult, cniVersion)
}

/** The text of prevResult. Throws CniError 7 where there is none, as at the head of a chain. */
export function requirePrevResult({ prevResult }: PluginConf): string {
  if (prevResult !== undefined) return prevResult
  throw new CniError({
    code: ErrorCode.invalidConfig,
    msg: 'there is no prevResult: netns-sysctl must be chained after a network plugin',
    details: 'put it into "plugins" of a conflist, after the plugin that makes the interface',
  })
}
