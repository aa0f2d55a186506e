import { collect, type Problem, throwProblems } from '../cni/error.ts'
import type { PluginConf } from '../config/conf.ts'
import type { Os } from '../os/os.ts'
import { type Inheritance, planInheritances, readInheritances } from './inherit.ts'
import { mergePlans, type Plan, type PlanScope, planLink, planSettings } from './plan.ts'

/** What a configuration wants of one interface, as far as it can be told in the host's netns. */
export interface Wishes {
  readonly link: Plan
  readonly inheritances: readonly Inheritance[]
  readonly settings: Plan
}

/** Reads and plans on the host. Throws one CniError with every problem of the settings and of what is inherited. */
export function readWishes(os: Os, conf: Pick<PluginConf, 'settings' | 'inherit' | 'link'>, scope: PlanScope): Wishes {
  const problems: Problem[] = []
  const settings = collect(problems, () => planSettings(conf.settings, scope)) ?? []
  const inheritances = collect(problems, () => readInheritances(os, conf.inherit, scope)) ?? []
  throwProblems(problems)
  return { link: planLink(conf.link, scope.ifName), inheritances, settings }
}

/** All writes, in their order; pure. */
export function planWishes({ link, inheritances, settings }: Wishes): Plan {
  return mergePlans(link, planInheritances(inheritances), settings)
}
