import { CniError, ErrorCode, type Problem, throwProblems } from '../cni/error.ts'
import type { LinkSettings } from '../config/link.ts'
import type { Origin, Setting } from '../config/setting.ts'
import { LINK_ATTRIBUTES } from '../link/attributes.ts'
import { createLinkSubject } from '../link/subject.ts'
import { type Allowlist, checkAllowed } from '../policy/allowlist.ts'
import { checkPodAllowed, type PodPolicy } from '../policy/pod.ts'
import type { Subject } from '../subject/subject.ts'
import { parseSysctlKey, replaceIfName } from '../sysctl/key.ts'
import { createSysctlSubject } from '../sysctl/subject.ts'
import { parseValue } from '../sysctl/value.ts'

/** One value to be written. */
export interface Write {
  readonly subject: Subject
  readonly value: string
  readonly origin: Origin | 'host'
  /** What becomes of a failure: an error, a line on stderr (`-`, as in sysctl.d(5)), or nothing (a glob's match). */
  readonly onFailure: 'fail' | 'log' | 'skip'
}

/** What is to be written, in this order. */
export type Plan = readonly Write[]

/** Whose request is planned, and what it may do. */
export interface PlanScope {
  readonly ifName: string
  readonly allowlist: Allowlist | undefined
  /** What pods may set; undefined where `args.cni` is as good as the network's configuration. */
  readonly pod: PodPolicy | undefined
  /** The pod's name in messages. */
  readonly podName: string
}

/**
 * Turns the settings into the writes for one interface; pure. What the pod wants (`args.cni`, the annotation) takes the
 * place of the network's value of the same sysctl. Throws one CniError with every problem, in the settings' order.
 */
export function planSettings(settings: readonly Setting[], scope: PlanScope): Plan {
  const problems: Problem[] = []
  const plan = collectSettings(settings, scope, problems)
  throwProblems(problems)
  return plan
}

/** The same of all settings that have no problem, and every problem of the others. */
export function collectSettings(settings: readonly Setting[], scope: PlanScope, problems: Problem[]): Plan {
  const planned = new Map<string, { readonly write: Write; readonly name: string }>()
  for (const setting of settings) {
    const write = tryToPlan(setting, scope, problems)
    if (write === undefined) continue
    const other = planned.get(write.subject.id)
    if (other?.write.origin === write.origin) {
      problems.push({ ...twoSpellings(other.name, setting.name, write.subject), at: placeOfSetting(setting) })
    }
    planned.set(write.subject.id, { write, name: setting.name })
  }
  return [...planned.values()].map(({ write }) => write)
}

/**
 * The whole plan; pure. The interface comes first, because a change of its MTU changes sysctls of it; then what is
 * inherited; then the settings, which win over that, in their own order.
 */
export function mergePlans(link: Plan, inherited: Plan, settings: Plan): Plan {
  if (inherited.length === 0) return [...link, ...settings]
  const set = new Set(settings.map(({ subject }) => subject.id))
  return [...link, ...inherited.filter(({ subject }) => !set.has(subject.id)), ...settings]
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
    if (!(error instanceof CniError)) throw error
    for (const problem of error.problems) problems.push({ ...problem, at: placeOfSetting(setting) })
    return undefined
  }
}

function planWrite({ name, value, origin }: Setting, { ifName, allowlist, pod, podName }: PlanScope): Write {
  const mayFail = name.startsWith('-')
  const written = parseSysctlKey(mayFail ? name.slice(1) : name)
  if (pod !== undefined && origin !== 'network') checkPodAllowed(written, pod, podName)
  checkAllowed(written, allowlist)
  const key = replaceIfName(written, ifName)
  return {
    subject: createSysctlSubject(key),
    value: parseValue(key, value),
    origin,
    onFailure: mayFail ? 'log' : 'fail',
  }
}

/** The member of the configuration that a setting comes from; of an annotation, the line with that name. */
export function placeOfSetting({ name, origin }: Setting): string[] {
  if (origin === 'network') return ['sysctl', name]
  return origin === 'args' ? ['args', 'cni', 'sysctl', name] : ['annotation', name]
}

function twoSpellings(first: string, second: string, subject: Subject): Problem {
  return {
    code: ErrorCode.invalidConfig,
    msg: `${subject.name} is set twice, as ${first} and as ${second}`,
    details: 'leave one of them',
  }
}
