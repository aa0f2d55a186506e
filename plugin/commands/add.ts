import { CniError, ErrorCode } from '../cni/error.ts'
import type { AttachmentRequest } from '../cni/request.ts'
import { formatResult, type LinkChanges } from '../cni/result.ts'
import type { CniVersion } from '../cni/version.ts'
import { type PluginConf, parsePluginConf } from '../config/conf.ts'
import type { LinkSettings } from '../config/link.ts'
import { parseNetworkName } from '../config/network.ts'
import type { Stdin } from '../config/stdin.ts'
import type { Os } from '../os/os.ts'
import { planInheritances, readInheritances, reportGlobs } from '../plan/inherit.ts'
import { lookAtTargets } from '../plan/look.ts'
import { mergePlans, planLink, planSettings } from '../plan/plan.ts'
import { writeRecorded } from '../state/recorded.ts'
import { checkContainerNetns, enterContainerNetns } from './netns.ts'
import { readPlanScope } from './scope.ts'

/** ADD: sets the sysctls and the interface's attributes in the container's netns; returns the result to print. */
export function add(os: Os, request: AttachmentRequest, stdin: Stdin, cniVersion: CniVersion): string {
  const conf = parsePluginConf(stdin, request.args)
  const prevResult = requirePrevResult(conf)
  const scope = readPlanScope(os, request, conf)
  const settings = planSettings(conf.settings, scope)
  const netns = checkContainerNetns(os, request)
  const inheritances = readInheritances(os, conf.inherit, scope)
  enterContainerNetns(os, request)
  const link = planLink(conf.link, request.ifName)
  const targets = lookAtTargets(os, mergePlans(link, planInheritances(inheritances), settings))
  reportGlobs(os, inheritances, targets)
  const attachment = { network: parseNetworkName(stdin), containerId: request.containerId, ifName: request.ifName }
  const recorded = conf.restoreOnDel ? targets : targets.filter(({ write }) => link.includes(write))
  writeRecorded(os, conf.dataDir, { attachment, netns, targets, recorded })
  return formatResult(prevResult, cniVersion, request.ifName, changesOf(conf.link))
}

function changesOf({ mac, mtu }: LinkSettings): LinkChanges {
  return { mac, mtu: mtu === undefined ? undefined : Number(mtu) }
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
