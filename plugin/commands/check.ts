import { CniError, ErrorCode, type Problem, throwProblems } from '../cni/error.ts'
import type { AttachmentRequest } from '../cni/request.ts'
import { pickAsked } from '../config/asked.ts'
import { parsePluginConf } from '../config/conf.ts'
import { type InheritPattern, ORIGINS, type Origin } from '../config/setting.ts'
import type { Stdin } from '../config/stdin.ts'
import { readLinkNames } from '../link/names.ts'
import { catchKind } from '../os/as-kind.ts'
import { isAbsent } from '../os/errno.ts'
import { log } from '../os/log.ts'
import { type Os, OsError } from '../os/os.ts'
import { mergePlans, planLink, planSettings, type Write } from '../plan/plan.ts'
import { type KeyGlob, matchesGlob, parseKeyGlob } from '../policy/glob.ts'
import { readIdentity } from '../state/identity.ts'
import type { UndoEntry } from '../state/record.ts'
import { subjectOf } from '../state/undo.ts'
import { type Subject, tryToRead } from '../subject/subject.ts'
import { formatLinkNames } from '../subject/surroundings.ts'
import { explainUnread } from '../sysctl/diagnose.ts'
import { IFNAME } from '../sysctl/key.ts'
import { requirePrevResult } from './add.ts'
import { attachmentOf } from './attachment.ts'
import { readRecorded } from './check-recorded.ts'
import { enterContainerNetns, openContainerNetns } from './netns.ts'
import { readPlanScope } from './scope.ts'

/**
 * CHECK: throws CniError 102 with every difference between the container's netns and what ADD would set, 5 or OsError
 * if something cannot be read, and 11 if another command works on the container.
 */
export function check(os: Os, request: AttachmentRequest, stdin: Stdin): void {
  const conf = parsePluginConf(stdin, request.args)
  if (!conf.first) requirePrevResult(conf)
  const settings = planSettings(conf.settings, readPlanScope(os, request, conf))
  const netns = openContainerNetns(os, request)
  enterContainerNetns(os, netns)
  const { entries, taken, isApplied } = readRecorded(
    os,
    conf.dataDir,
    { place: attachmentOf(request, stdin, conf), asked: pickAsked(stdin.object) },
    readIdentity(os, netns),
  )
  const problems = conf.first ? [] : findMissingLink(os, request.ifName)
  for (const write of mergePlans(planLink(conf.link, request.ifName), [], settings)) {
    const { subject, value: asked, onFailure } = write
    const recorded = entries.get(subject.id)
    // Changes by `apply`, which the request does not know: it has set another value since, or has put this one back.
    if (taken.has(subject.id) || (isApplied && recorded === undefined)) continue
    if (isReplaced(write, recorded, conf.inherit, request.ifName)) continue
    const applied = isApplied ? recorded : undefined
    const value = applied?.after ?? asked
    const difference = findDifference(os, subject, value, recorded?.after === value ? recorded.kept : undefined)
    if (onFailure === 'fail') problems.push(...difference)
    else for (const { msg } of difference) log(os, `${msg}, ignored because of its "-"`)
  }
  if (conf.inherit.length > 0) problems.push(...findInheritedDifferences(os, [...entries.values()], taken))
  // A value that could not be read is not reported as wrong.
  const unread = problems.filter(({ code }) => code === ErrorCode.io)
  throwProblems(unread.length > 0 ? unread : problems)
}

/** Whether a profile's `inherit` has replaced a setting of the network. Only the record knows which value was copied. */
function isReplaced(
  write: Write,
  recorded: UndoEntry | undefined,
  inherit: readonly InheritPattern[],
  ifName: string,
): boolean {
  if (recorded !== undefined) return recorded.inherited
  return inherit.some(({ pattern, origin }) => {
    const isHigher = ORIGINS.indexOf(origin) > ORIGINS.indexOf(write.origin as Origin)
    return isHigher && matchesGlob(ofInterface(pattern, ifName), write.subject.name)
  })
}

function ofInterface(pattern: string, ifName: string): KeyGlob {
  const { text, segments } = parseKeyGlob(pattern)
  return { text, segments: segments.map((segment) => (segment === IFNAME ? ifName.replaceAll('.', '/') : segment)) }
}

function findMissingLink(os: Os, ifName: string): Problem[] {
  const links = readLinkNames(os)
  if (links.includes(ifName)) return []
  const msg = `the interface ${ifName} (CNI_IFNAME) does not exist in the container; ${formatLinkNames(links)}`
  return [{ code: ErrorCode.checkFailed, msg }]
}

/** The values that ADD copied from the host. The host may have changed since. */
function findInheritedDifferences(os: Os, entries: readonly UndoEntry[], taken: ReadonlySet<string>): Problem[] {
  const inherited = entries.filter((entry) => entry.inherited && !taken.has(entry.id))
  return inherited.flatMap((entry) => {
    // An older version may have copied a sysctl that this one cannot set.
    const subject = catchKind(CniError, () => subjectOf(entry))
    return subject instanceof CniError ? [] : findDifference(os, subject, entry.after, entry.kept)
  })
}

/** `kept` is the value that the kernel had made of `wanted` by the end of ADD, if it differs. */
function findDifference(os: Os, subject: Subject, wanted: string, kept: string | undefined): Problem[] {
  const current = tryToRead(os, subject)
  if (current instanceof OsError) {
    const code = isAbsent(current) ? ErrorCode.checkFailed : ErrorCode.io
    return [{ code, msg: `${subject.name}: ${explainUnread(current)}` }]
  }
  if (current === undefined) return []
  const code = ErrorCode.checkFailed
  const problem = subject.valueProblem(wanted, current)
  if (problem?.isRefused) return [{ code, msg: `${subject.name}: ${problem.reason}` }]
  if (subject.isKept(wanted, current) || current === kept) return []
  const msg = `${subject.name}: is ${JSON.stringify(current)}, not ${JSON.stringify(wanted)}`
  return [{ code, msg }]
}
