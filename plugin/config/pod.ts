import { CniError, ErrorCode, type Problem } from '../cni/error.ts'
import { formatPath } from '../json/path.ts'
import { type KeyGlob, keyGlobProblem, matchesGlob, parseKeyGlob } from '../policy/glob.ts'
import type { SysctlKey } from '../sysctl/key.ts'
import type { Setting } from './conf.ts'
import { parseSysctlLines } from './sysctl-d.ts'

/** What one pod may set for itself. */
export interface PodPolicy {
  readonly allow: readonly KeyGlob[]
  /** The name of the annotation. */
  readonly annotation: string
}

/** The capability that makes containerd send the annotations of the pod, and the member it sends them in. */
export const ANNOTATIONS = 'io.kubernetes.cri.pod-annotations'

export const DEFAULT_ANNOTATION = 'netns-sysctl/sysctls'

/** A pod's own text; Kubernetes would let it have four times as much. */
const MOST_BYTES = 64 * 1024

/** Each costs some work and a place in the message, even where it is refused. */
const MOST_LINES = 256

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

/** What the pod's annotation asks for. */
export function parseAnnotation(policy: PodPolicy, annotations: unknown, problems: Problem[]): Setting[] {
  const text = annotationOf(annotations, policy.annotation)
  if (text.length > MOST_BYTES) {
    problems.push(tooMuch(policy, `is longer than ${MOST_BYTES / 1024} KiB`))
    return []
  }
  const malformed: Problem[] = []
  const lines = parseSysctlLines(text, `annotation ${policy.annotation}`, malformed)
  if (lines.length + malformed.length > MOST_LINES) {
    problems.push(tooMuch(policy, `has more than ${MOST_LINES} lines`))
    return []
  }
  problems.push(...malformed)
  return lines.map((line) => ({ ...line, origin: 'annotation' }))
}

function tooMuch({ annotation }: PodPolicy, reason: string): Problem {
  const msg = `the annotation ${annotation} ${reason}`
  return { code: ErrorCode.refusedByPolicy, msg, details: 'a pod needs a line for each sysctl, no more' }
}

function annotationOf(annotations: unknown, name: string): string {
  if (typeof annotations !== 'object' || annotations === null || !Object.hasOwn(annotations, name)) return ''
  const text = (annotations as Record<string, unknown>)[name]
  return typeof text === 'string' ? text : ''
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
