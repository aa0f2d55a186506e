import type { Setting } from '../../plugin/config/setting.ts'
import type { PlanScope } from '../../plugin/plan/scope.ts'
import { createWork } from '../../plugin/policy/re2-match.ts'
import type { ConfiguredValue } from '../../plugin/sysctl/value.ts'

/** A scope in which everything is allowed. */
export const SCOPE: PlanScope = {
  ifName: 'eth0',
  allowlist: undefined,
  work: createWork(),
  pod: undefined,
  podName: 'the pod',
  first: false,
  profiles: {},
}

/** Settings from short words: `args:` before a name that `args.cni` wants, `pod:` before one of the annotation. */
export function toSettings(values: Readonly<Record<string, ConfiguredValue>>): Setting[] {
  return Object.entries(values).map(([name, value]) => {
    if (name.startsWith('args:')) return { name: name.slice(5), value, origin: 'args' }
    if (name.startsWith('pod:')) return { name: name.slice(4), value, origin: 'annotation' }
    return { name, value, origin: 'network' }
  })
}
