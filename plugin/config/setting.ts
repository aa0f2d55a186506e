import type { ConfiguredValue } from '../sysctl/value.ts'

/**
 * Who wants a sysctl. A later one wins: the network's configuration, the profile of the pod's namespace, the profile
 * that the pod chose, `args.cni` of one request, the pod's annotation.
 */
export const ORIGINS = ['network', 'namespace', 'profile', 'args', 'annotation'] as const

export type Origin = (typeof ORIGINS)[number]

/** A sysctl as the configuration has it: the name may have `-` and IFNAME in it. */
export interface Setting {
  readonly name: string
  readonly value: ConfiguredValue
  readonly origin: Origin
}

/** A key or glob of `inherit`, and who wants it. */
export interface InheritPattern {
  readonly pattern: string
  readonly origin: Origin
  /** Where it stands in the configuration. */
  readonly at: readonly PropertyKey[]
}

/** The settings of a member `sysctl`, in its order. */
export function toSettings(
  sysctl: Readonly<Record<string, ConfiguredValue>> | undefined,
  origin: Origin,
): readonly Setting[] {
  if (sysctl === undefined) return []
  return Object.keys(sysctl).map((name) => ({ name, value: sysctl[name] as ConfiguredValue, origin }))
}
