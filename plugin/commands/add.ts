import { CniError, collect, ErrorCode, type Problem } from '../cni/error.ts'
import type { AttachmentRequest } from '../cni/request.ts'
import { formatEmptyResult, formatResult, type LinkChanges } from '../cni/result.ts'
import type { CniVersion } from '../cni/version.ts'
import { pickAsked } from '../config/asked.ts'
import { type PluginConf, parsePluginConf } from '../config/conf.ts'
import type { LinkSettings } from '../config/link.ts'
import type { Stdin } from '../config/stdin.ts'
import { log } from '../os/log.ts'
import type { Netns } from '../os/netns.ts'
import type { Os } from '../os/os.ts'
import { reportGlobs } from '../plan/globs.ts'
import { lookAtTargets } from '../plan/look.ts'
import { collectWishes, planWishes, type Wishes } from '../plan/wishes.ts'
import { writeRecorded } from '../state/recorded.ts'
import { attachmentOf } from './attachment.ts'
import { enterContainerNetns, openContainerNetns } from './netns.ts'
import { readPlanScope } from './scope.ts'

/** What a command prints, and how to undo what it did if that cannot be printed. */
export interface Added {
  readonly text: string
  readonly undo: () => void
}

/** ADD: sets the sysctls and the interface's attributes in the container's netns. */
export function add(os: Os, request: AttachmentRequest, stdin: Stdin, cniVersion: CniVersion): Added {
  const conf = parsePluginConf(stdin, request.args)
  const prevResult = conf.first ? (conf.prevResult ?? formatEmptyResult(cniVersion)) : requirePrevResult(conf)
  for (const remark of conf.remarks) log(os, remark)
  const scope = readPlanScope(os, request, conf)
  const problems: Problem[] = []
  const wishes = collectWishes(os, conf, scope, problems)
  const netns = collect(problems, () => openContainerNetns(os, request))
  if (netns === undefined || problems.length > 0) return refuse(os, netns, wishes, problems)
  const text = formatResult(prevResult, cniVersion, request.ifName, changesOf(conf.link))
  enterContainerNetns(os, netns)
  const undo = writeRecorded(os, {
    place: attachmentOf(request, stdin, conf),
    asked: pickAsked(stdin.object),
    dataDir: conf.dataDir,
    netns,
    plan: planWishes(wishes),
    isRecorded: (write) => conf.restoreOnDel || wishes.link.includes(write),
    beforeWriting: (targets) => reportGlobs(os, wishes.inheritances, targets),
  })
  return { text, undo }
}

/** All problems are reported at once: those of the configuration, of the host and of the netns. */
function refuse(os: Os, netns: Netns | undefined, wishes: Wishes, problems: Problem[]): never {
  collect(problems, () => {
    if (netns === undefined) return
    enterContainerNetns(os, netns)
    lookAtTargets(os, planWishes(wishes))
  })
  throw new CniError(...(problems as [Problem, ...Problem[]]))
}

function changesOf({ mac, mtu }: LinkSettings): LinkChanges {
  return { mac, mtu: mtu === undefined ? undefined : Number(mtu) }
}

/** The text of prevResult. Throws CniError 7 if there is none, as for the first plugin of a chain. */
export function requirePrevResult({ prevResult }: PluginConf): string {
  if (prevResult !== undefined) return prevResult
  throw new CniError({
    code: ErrorCode.invalidConfig,
    msg: 'there is no prevResult: netns-sysctl must be chained after a network plugin',
    details: 'put it into "plugins" of a conflist, after the plugin that makes the interface, or give it "first": true',
  })
}
