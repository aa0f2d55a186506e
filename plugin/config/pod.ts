import { POD_ANNOTATIONS } from '../cni/capabilities.ts'
import { ErrorCode, type Problem } from '../cni/error.ts'
import { type PodPolicy, PROFILE_ANNOTATION } from '../policy/pod.ts'
import { checkKnown } from './known.ts'
import type { JsonObject } from './members.ts'
import type { NamespaceConf } from './namespaces.ts'
import { parseAllow } from './patterns.ts'
import { hasProfile, type Profiles, unknownProfile } from './profiles.ts'
import { POD_SCHEMAS } from './schema.ts'

export const DEFAULT_ANNOTATION = 'netns-sysctl/sysctls'

/**
 * What a pod may do: by the member `pod`, and by its namespace's `pod`, which adds to it. Nothing else is
 * allowed; undefined if pods' wishes are not read.
 */
export function parsePodPolicy(
  member: JsonObject | undefined,
  namespaces: readonly NamespaceConf[],
  own: NamespaceConf | undefined,
  problems: Problem[],
): PodPolicy | undefined {
  if (member === undefined && namespaces.every(({ pod }) => pod === undefined)) return undefined
  const pod = checkKnown(POD_SCHEMAS, member ?? {}, ['pod'], problems)
  return {
    allow: [...parseAllow(pod.allow, ['pod'], problems), ...(own?.pod?.allow ?? [])],
    profiles: [...new Set([...(pod.profiles ?? []), ...(own?.pod?.profiles ?? [])])],
    annotation: pod.annotation ?? DEFAULT_ANNOTATION,
  }
}

/** The name of the profile that a pod chooses, if it may. Adds a problem with code 100 where it may not, 7 if there is none. */
export function chooseProfile(
  policy: PodPolicy,
  wish: string,
  profiles: Profiles,
  pod: string,
  problems: Problem[],
): string | undefined {
  if (wish === '') return undefined
  const at = ['runtimeConfig', POD_ANNOTATIONS, PROFILE_ANNOTATION]
  if (!policy.profiles.includes(wish)) {
    problems.push(notAllowed(policy, wish, pod, at))
    return undefined
  }
  if (hasProfile(profiles, wish)) return wish
  problems.push(unknownProfile('pod.profiles:', wish, profiles, at))
  return undefined
}

function notAllowed({ profiles }: PodPolicy, wish: string, pod: string, at: readonly string[]): Problem {
  const allowed = profiles.length === 0 ? 'none' : profiles.map((name) => JSON.stringify(name)).join(', ')
  return {
    code: ErrorCode.refusedByPolicy,
    msg: `annotation ${PROFILE_ANNOTATION}: ${pod} may not choose the profile ${JSON.stringify(wish.slice(0, 80))}; it may choose ${allowed}`,
    details: "the network's configuration allows it in pod.profiles",
    at,
  }
}
