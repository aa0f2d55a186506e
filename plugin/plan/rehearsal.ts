import { collect, type Problem } from '../cni/error.ts'
import type { PluginConf } from '../config/conf.ts'
import type { Os } from '../os/os.ts'
import { hasIfName, parseSysctlKey } from '../sysctl/key.ts'
import { type Inheritance, readInheritances } from './inherit.ts'
import { type Plan, planLink, planSettings } from './plan.ts'
import { type PlanScope, placeOfSetting } from './scope.ts'
import type { Wishes } from './wishes.ts'

/** Something that ADD would not do as asked. */
export interface Fault {
  /** The member of the configuration that asks for it. */
  readonly at: readonly PropertyKey[]
  /**
   * `policy`, `refused`: ADD fails. `ignored`: it fails, which its `-` allows. `cut`: the kernel changes the
   * value. `overwritten`: a later write changes the value.
   */
  readonly kind: 'invalid' | 'policy' | 'refused' | 'ignored' | 'cut' | 'overwritten'
  readonly message: string
}

/** An ADD that can be tried in a netns: what it wants, and which member of the configuration asks for it. */
export interface Rehearsal {
  readonly wishes: Wishes
  readonly ifName: string
  /** By the ids of the subjects. */
  readonly places: ReadonlyMap<string, Place>
  /** The faults that stop ADD before it enters the netns; {@link wishes} does not have them. */
  readonly faults: readonly Fault[]
}

export interface Place {
  readonly at: readonly PropertyKey[]
  /** Whether its name in the configuration has IFNAME. */
  readonly hasIfName: boolean
}

/** The host's half of a rehearsal: as readWishes(), but it collects all faults and goes on. */
export function planRehearsal(
  os: Os,
  conf: Pick<PluginConf, 'settings' | 'inherit' | 'link'>,
  scope: PlanScope,
): Rehearsal {
  const faults: Fault[] = []
  const places = new Map<string, Place>()
  const note = (plan: Plan, at: readonly PropertyKey[], name: string) => {
    const place = { at, hasIfName: name.includes('IFNAME') && hasIfName(parseSysctlKey(name.replace(/^-/, ''))) }
    for (const { subject } of plan)
      if (!places.has(subject.id) || at.at(-2) !== 'inherit') places.set(subject.id, place)
  }
  const link = planLink(conf.link, scope.ifName)
  for (const write of link) note([write], [write.subject.name.split(' ')[0] as string], '')
  const possible = conf.settings.filter((setting) => {
    const at = placeOfSetting(setting, scope)
    const plan = gather(faults, at, () => planSettings([setting], scope))
    if (plan !== undefined) note(plan, at, setting.name)
    return plan !== undefined
  })
  const settings = gather(faults, [], () => planSettings(possible, scope))
  const twice = new Set(faults.map(({ at }) => JSON.stringify(at)))
  const rest = possible.filter((setting) => !twice.has(JSON.stringify(placeOfSetting(setting, scope))))
  const inheritances = conf.inherit.flatMap((pattern): Inheritance[] => {
    const { at } = pattern
    const [read] = gather(faults, at, () => readInheritances(os, [pattern], scope)) ?? []
    if (read !== undefined) note(read.writes, at, pattern.pattern)
    return read === undefined ? [] : [read]
  })
  return {
    wishes: { link, inheritances, settings: settings ?? planSettings(rest, scope) },
    ifName: scope.ifName,
    places,
    faults,
  }
}

/** What `action` returns. The problems of its CniError become faults, at their own place or at this one. */
export function gather<T>(faults: Fault[], at: readonly PropertyKey[], action: () => T): T | undefined {
  const problems: Problem[] = []
  const result = collect(problems, action)
  faults.push(...problems.map((problem) => toFault(problem, at)))
  return result
}

function toFault({ code, msg, details, at }: Problem, place: readonly PropertyKey[]): Fault {
  const message = details === undefined ? msg : `${msg}; ${details}`
  return { at: at ?? place, kind: code === 100 ? 'policy' : code === 101 ? 'refused' : 'invalid', message }
}
