import { CniError, ErrorCode } from '../cni/error.ts'
import type { SysctlKey } from '../sysctl/key.ts'
import { type KeyGlob, matchesGlob } from './glob.ts'

/** The pod's annotation that names a profile of the network. */
export const PROFILE_ANNOTATION = 'netns-sysctl/profile'

/** What one pod may set for itself. */
export interface PodPolicy {
  readonly allow: readonly KeyGlob[]
  /** The names of the profiles that it may choose. */
  readonly profiles: readonly string[]
  /** The name of the annotation with its sysctls. */
  readonly annotation: string
}

/** Throws CniError 100 unless the policy lets a pod set the key, in which IFNAME stands for the pod's interface. */
export function checkPodAllowed(key: SysctlKey, { allow }: PodPolicy, pod: string): void {
  if (allow.some((glob) => matchesGlob(glob, key.canonical))) return
  const allowed = allow.length === 0 ? 'nothing' : allow.map(({ text }) => text).join(', ')
  throw new CniError({
    code: ErrorCode.refusedByPolicy,
    msg: `${key.canonical}: ${pod} may not set it; this network's pods may set ${allowed}`,
    details: "the network's configuration allows it in pod.allow",
  })
}
