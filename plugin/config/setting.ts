import type { ConfiguredValue } from '../sysctl/value.ts'

/** Who wants a sysctl set: the network's configuration, `args.cni` of one request, or the pod's annotation. */
export type Origin = 'network' | 'args' | 'annotation'

/** A sysctl as it was written down, its name with `-` and IFNAME in it. */
export interface Setting {
  readonly name: string
  readonly value: ConfiguredValue
  readonly origin: Origin
}
