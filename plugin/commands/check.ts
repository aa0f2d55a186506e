import { ErrorCode, type Problem, throwProblems } from '../cni/error.ts'
import type { AttachmentRequest } from '../cni/request.ts'
import { parsePluginConf } from '../config/conf.ts'
import { parseNetworkName } from '../config/network.ts'
import type { Stdin } from '../config/stdin.ts'
import { readLinkNames } from '../link/names.ts'
import { log } from '../os/log.ts'
import { type Os, OsError } from '../os/os.ts'
import { mergePlans, planLink, planSettings } from '../plan/plan.ts'
import type { UndoEntry, UndoRecord } from '../state/record.ts'
import { loadRecord, loadSiblings } from '../state/store.ts'
import { subjectOf } from '../state/undo.ts'
import type { Subject } from '../subject/subject.ts'
import { formatLinkNames } from '../subject/surroundings.ts'
import { requirePrevResult } from './add.ts'
import { checkContainerNetns, enterContainerNetns } from './netns.ts'
import { readPlanScope } from './scope.ts'

/** CHECK: throws CniError 102 with every difference between the container's netns and what ADD would have set. */
export function check(os: Os, request: AttachmentRequest, stdin: Stdin): void {
  const conf = parsePluginConf(stdin, request.args)
  requirePrevResult(conf)
  const { containerId, ifName } = request
  const settings = planSettings(conf.settings, readPlanScope(os, request, conf))
  const netns = checkContainerNetns(os, request)
  const record = loadRecord(os, conf.dataDir, { network: parseNetworkName(stdin), containerId, ifName })
  const entries = new Map(record?.netns === netns ? record.entries.map((entry) => [entry.id, entry]) : [])
  const taken = record === undefined ? new Set<string>() : findTakenOver(os, conf.dataDir, record)
  enterContainerNetns(os, request)
  const problems = findMissingLink(os, ifName)
  for (const { subject, value, onFailure } of mergePlans(planLink(conf.link, ifName), [], settings)) {
    if (taken.has(subject.id)) continue
    const recorded = entries.get(subject.id)
    const difference = findDifference(os, subject, value, recorded?.after === value ? recorded.kept : undefined)
    if (onFailure === 'fail') problems.push(...difference)
    else for (const { msg } of difference) log(os, `${msg}, ignored because of its "-"`)
  }
  if (conf.inherit.length > 0) problems.push(...findInheritedDifferences(os, [...entries.values()], taken))
  throwProblems(problems)
}

function findMissingLink(os: Os, ifName: string): Problem[] {
  const links = readLinkNames(os)
  if (links.includes(ifName)) return []
  const msg = `the interface ${ifName} (CNI_IFNAME) does not exist in the container; ${formatLinkNames(links)}`
  return [{ code: ErrorCode.checkFailed, msg }]
}

/** What a later attachment of the same container has set too: those values are its own by now. */
function findTakenOver(os: Os, dataDir: string, record: UndoRecord): Set<string> {
  const later = loadSiblings(os, dataDir, record, record.netns).filter(({ sequence }) => sequence > record.sequence)
  return new Set(later.flatMap(({ entries }) => entries.map(({ id }) => id)))
}

/** What was copied from the host then; the host may have changed since. */
function findInheritedDifferences(os: Os, entries: readonly UndoEntry[], taken: ReadonlySet<string>): Problem[] {
  const inherited = entries.filter((entry) => entry.inherited && !taken.has(entry.id))
  return inherited.flatMap((entry) => findDifference(os, subjectOf(entry), entry.after, entry.kept))
}

/** `kept` is what the kernel had made of `wanted` by the end of ADD, where that was something else. */
function findDifference(os: Os, subject: Subject, wanted: string, kept: string | undefined): Problem[] {
  const code = ErrorCode.checkFailed
  try {
    const current = subject.read(os)
    if (current === undefined || subject.isKept(wanted, current) || current === kept) return []
    return [{ code, msg: `${subject.name}: is ${JSON.stringify(current)}, not ${JSON.stringify(wanted)}` }]
  } catch (error) {
    if (!(error instanceof OsError)) throw error
    return [{ code, msg: `${subject.name}: cannot be read (${error.errno})` }]
  }
}
