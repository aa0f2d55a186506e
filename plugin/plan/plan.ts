import { CniError, ErrorCode, type Problem, throwProblems } from '../cni/error.ts'
import type { LinkSettings } from '../config/link.ts'
import { ORIGINS, type Origin, type Setting } from '../config/setting.ts'
import { LINK_ATTRIBUTES } from '../link/attributes.ts'
import { createLinkSubject } from '../link/subject.ts'
import { asKind } from '../os/as-kind.ts'
import { checkAllowed } from '../policy/allowlist.ts'
import { checkPodAllowed } from '../policy/pod.ts'
import type { Subject } from '../subject/subject.ts'
import { parseSysctlKey } from '../sysctl/key.ts'
import { createSysctlSubject } from '../sysctl/subject.ts'
import { parseValue } from '../sysctl/value.ts'
import { type PlanScope, placeOfSetting, resolveIfName } from './scope.ts'

/** One value to be written. */
export interface Write {
  readonly subject: Subject
  readonly value: string
  /** Who wants it; `host`: a copy of the node's value. */
  readonly origin: Origin | 'host'
  /** Whose `inherit` copies it; only of what is copied. */
  readonly inheritedBy?: Origin
  /**
   * What a failure leads to: an error, a line on stderr (`-`, as in sysctl.d(5)), or nothing (a glob's match). A value
   * that is put back stays, which is logged.
   */
  readonly onFailure: 'fail' | 'log' | 'skip' | 'stay'
  /** How the configuration spells its name. */
  readonly spelling?: string
  /** The replacement if the container refuses this match of a profile's glob: the network's own value. */
  readonly instead?: Write
}

/** The writes, in this order. */
export type Plan = readonly Write[]

/**
 * Turns the settings into the writes for one interface; pure. The pod's values (`args.cni`, the annotation) replace the
 * network's value of the same sysctl. Throws one CniError with every problem, in the settings' order.
 */
export function planSettings(settings: readonly Setting[], scope: PlanScope): Plan {
  const problems: Problem[] = []
  const plan = collectSettings(settings, scope, problems)
  throwProblems(problems)
  return plan
}

/** The same for all settings without a problem, and the problems of the others. */
export function collectSettings(settings: readonly Setting[], scope: PlanScope, problems: Problem[]): Plan {
  const planned = new Map<string, Write>()
  for (const setting of settings) {
    const write = tryToPlan(setting, scope, problems)
    if (write === undefined) continue
    const { id } = write.subject
    const other = planned.get(id)
    if (other?.origin === write.origin) {
      problems.push({ ...twoSpellings(other, write), at: placeOfSetting(setting, scope) })
    }
    planned.set(id, write)
  }
  return [...planned.values()]
}

/**
 * The whole plan; pure. The interface comes first, because its MTU changes some of its sysctls; then inherited
 * values; then the settings, in their own order. Settings win over inherited values, except that a profile's `inherit`
 * wins over the network's settings.
 */
export function mergePlans(link: Plan, inherited: Plan, settings: Plan): Plan {
  if (inherited.length === 0) return [...link, ...settings]
  const set = new Map(settings.map((write) => [write.subject.id, write]))
  const left = inherited.flatMap((write): Write[] => {
    const other = set.get(write.subject.id)
    if (other === undefined) return [write]
    if (rankOf(write) <= rankOf(other)) return []
    return [write.onFailure === 'skip' ? { ...write, instead: other } : write]
  })
  const copied = new Set(left.map(({ subject }) => subject.id))
  return [...link, ...left, ...settings.filter(({ subject }) => !copied.has(subject.id))]
}

/** If two writes have the same subject, the higher rank wins; between equal ranks, the setting wins. */
function rankOf({ origin, inheritedBy = 'network' }: Write): number {
  return ORIGINS.indexOf(origin === 'host' ? inheritedBy : origin)
}

/** The writes for the attributes of the interface; pure. */
export function planLink(link: LinkSettings, ifName: string): Plan {
  return LINK_ATTRIBUTES.flatMap((attribute): Write[] => {
    const value = link[attribute]
    if (value === undefined) return []
    return [{ subject: createLinkSubject(ifName, attribute), value, origin: 'network', onFailure: 'fail' }]
  })
}

function tryToPlan(setting: Setting, scope: PlanScope, problems: Problem[]): Write | undefined {
  try {
    return planWrite(setting, scope)
  } catch (error) {
    for (const problem of asKind(CniError, error).problems)
      problems.push({ ...problem, at: placeOfSetting(setting, scope) })
    return undefined
  }
}

function planWrite({ name, value, origin }: Setting, scope: PlanScope): Write {
  const mayFail = name.startsWith('-')
  const written = parseSysctlKey(mayFail ? name.slice(1) : name)
  const isOfPod = origin === 'args' || origin === 'annotation'
  if (scope.pod !== undefined && isOfPod) checkPodAllowed(written, scope.pod, scope.podName)
  checkAllowed(written, scope.allowlist, scope.work)
  const key = resolveIfName(written, scope)
  return {
    subject: createSysctlSubject(key),
    value: parseValue(key, value),
    origin,
    onFailure: mayFail ? 'log' : 'fail',
    spelling: name,
  }
}

function twoSpellings(first: Write, second: Write): Problem {
  return {
    code: ErrorCode.invalidConfig,
    msg: `${second.subject.name} is set twice, as ${first.spelling} and as ${second.spelling}`,
    details: 'leave one of them',
  }
}
