import { type Problem, throwProblems } from '../cni/error.ts'
import type { PluginConf } from '../config/conf.ts'
import type { Os } from '../os/os.ts'
import { collectInheritances, type Inheritance, planInheritances } from './inherit.ts'
import { collectSettings, mergePlans, type Plan, planLink } from './plan.ts'
import type { PlanScope } from './scope.ts'

/** What a configuration wants for one interface, as far as the host's netns shows it. */
export interface Wishes {
  readonly link: Plan
  readonly inheritances: readonly Inheritance[]
  readonly settings: Plan
}

/** Reads and plans on the host. Throws one CniError with every problem of the settings and of inherited values. */
export function readWishes(os: Os, conf: Pick<PluginConf, 'settings' | 'inherit' | 'link'>, scope: PlanScope): Wishes {
  const problems: Problem[] = []
  const wishes = collectWishes(os, conf, scope, problems)
  throwProblems(problems)
  return wishes
}

/** The same, but problems are added to `problems` and the rest is planned. */
export function collectWishes(
  os: Os,
  conf: Pick<PluginConf, 'settings' | 'inherit' | 'link'>,
  scope: PlanScope,
  problems: Problem[],
): Wishes {
  const settings = collectSettings(conf.settings, scope, problems)
  const inheritances = collectInheritances(os, conf.inherit, scope, problems)
  return { link: planLink(conf.link, scope.ifName), inheritances, settings }
}

/** All writes, in their order; pure. */
export function planWishes({ link, inheritances, settings }: Wishes): Plan {
  return mergePlans(link, planInheritances(inheritances), settings)
}
