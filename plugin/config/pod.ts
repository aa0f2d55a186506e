import { ErrorCode, type Problem } from '../cni/error.ts'
import { formatPath } from '../json/path.ts'
import { keyGlobProblem, parseKeyGlob } from '../policy/glob.ts'
import type { PodPolicy } from '../policy/pod.ts'

export const DEFAULT_ANNOTATION = 'netns-sysctl/sysctls'

/** The policy of the member `pod`. Nothing is allowed that is not named. */
export function parsePodPolicy(
  pod: { readonly allow?: readonly string[] | undefined; readonly annotation?: string | undefined },
  problems: Problem[],
): PodPolicy {
  const allow = (pod.allow ?? []).filter((pattern, index) => {
    const problem = keyGlobProblem(pattern)
    if (problem !== undefined) problems.push(badPattern(['pod', 'allow', index], pattern, problem))
    return problem === undefined
  })
  return { allow: allow.map(parseKeyGlob), annotation: pod.annotation ?? DEFAULT_ANNOTATION }
}

/** A problem with a pattern over keys, code 2. */
export function badPattern(at: readonly PropertyKey[], pattern: string, reason: string): Problem {
  return {
    code: ErrorCode.unsupportedValue,
    msg: `${formatPath(at)} ${JSON.stringify(pattern)} ${reason}`,
    details: 'patterns are like net.core.somaxconn and net.ipv4.tcp_keepalive_*',
    at,
  }
}
