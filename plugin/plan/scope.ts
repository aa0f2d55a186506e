import { CniError, ErrorCode } from '../cni/error.ts'
import type { PluginConf } from '../config/conf.ts'
import type { Origin, Setting } from '../config/setting.ts'
import type { Allowlist } from '../policy/allowlist.ts'
import type { PodPolicy } from '../policy/pod.ts'
import { createWork, type Work } from '../policy/re2-match.ts'
import { hasIfName, IFNAME, replaceIfName, type SysctlKey } from '../sysctl/key.ts'

/** What a plan needs to know: who asks, and what is allowed. */
export interface PlanScope {
  readonly ifName: string
  readonly allowlist: Allowlist | undefined
  /** What the allowlist may cost. */
  readonly work: Work
  /** What pods may set; undefined if `args.cni` may set as much as the network's configuration. */
  readonly pod: PodPolicy | undefined
  /** The pod's name in messages. */
  readonly podName: string
  /** Whether there is no interface yet. */
  readonly first: boolean
  /** The names of the profiles that the settings come from. */
  readonly profiles: { readonly [O in Origin]?: string }
}

/** What the plan of a configuration depends on; one for each request. */
export function createPlanScope(
  { pod, first, profiles }: PluginConf,
  ifName: string,
  allowlist: Allowlist | undefined,
  podName = 'the pod',
): PlanScope {
  const names = Object.fromEntries(profiles.map(({ origin, name }) => [origin, name]))
  return { ifName, allowlist, work: createWork(), pod, podName, first, profiles: names }
}

/** The key with the container's interface. Throws CniError 7 if there is no interface yet, 4 if its name would mean all. */
export function resolveIfName(key: SysctlKey, { first, ifName }: PlanScope): SysctlKey {
  if (!first || !hasIfName(key)) return replaceIfName(key, ifName)
  throw noInterfaceYet(key.canonical)
}

/** The reason why IFNAME cannot be used in an entry with `first`. */
export function noInterfaceYet(text: string): CniError {
  return new CniError({
    code: ErrorCode.invalidConfig,
    msg: `${text}: with "first" there is no interface yet`,
    details: `write ${text.replaceAll(IFNAME, 'default')}, which the interface starts with, or put it behind the network plugin`,
  })
}

/** The member of the configuration that has a setting; for an annotation, the line with that name. */
export function placeOfSetting({ name, origin }: Setting, { profiles }: PlanScope): readonly string[] {
  switch (origin) {
    case 'network':
      return ['sysctl', name]
    case 'args':
      return ['args', 'cni', 'sysctl', name]
    case 'annotation':
      return ['annotation', name]
    default:
      return ['profiles', profiles[origin] as string, 'sysctl', name]
  }
}
