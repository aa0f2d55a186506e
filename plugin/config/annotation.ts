import { POD_ANNOTATIONS } from '../cni/capabilities.ts'
import { ErrorCode, type Problem } from '../cni/error.ts'
import { type PodPolicy, PROFILE_ANNOTATION } from '../policy/pod.ts'
import { isJsonObject, type JsonObject } from './members.ts'
import type { Setting } from './setting.ts'
import { parseSysctlLines } from './sysctl-d.ts'

/** A pod's own text; Kubernetes would let it have four times as much. */
const MOST_BYTES = 64 * 1024

/** Each costs some work and a place in the message, even where it is refused. */
const MOST_LINES = 256

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

/** The name of the profile that the pod wants; empty if it wants none. */
export function readProfileWish(annotations: unknown): string {
  return annotationOf(annotations, PROFILE_ANNOTATION).trim()
}

/** What names of ours begin with. */
const PREFIX = 'netns-sysctl/'

/** What a pod may have asked for and nobody reads, in words for the runtime's log. */
export function remarkOnWishes(
  policy: PodPolicy,
  annotations: unknown,
  { capabilities, runtimeConfig }: { readonly capabilities: unknown; readonly runtimeConfig: JsonObject },
  pod: string,
): string[] {
  const isAsked = isJsonObject(capabilities) && capabilities[POD_ANNOTATIONS] === true
  if (isAsked && !(POD_ANNOTATIONS in runtimeConfig)) {
    return [`the runtime has sent no annotations, so nothing that ${pod} asks for by them is set; Multus sends none`]
  }
  const known = [policy.annotation, PROFILE_ANNOTATION]
  const names = Object.keys(isJsonObject(annotations) ? annotations : {})
  const unknown = names.filter((name) => name.startsWith(PREFIX) && !known.includes(name)).slice(0, MOST_NAMED)
  return unknown.map((name) => {
    return `annotation ${JSON.stringify(name.slice(0, 80))} of ${pod} is unknown and ignored; known are ${known.join(' and ')}`
  })
}

/** A pod may have thousands of them. */
const MOST_NAMED = 5

function tooMuch(policy: PodPolicy, reason: string): Problem {
  return {
    code: ErrorCode.refusedByPolicy,
    msg: `the annotation ${policy.annotation} ${reason}`,
    details: 'a pod needs a line for each sysctl, no more',
  }
}

function annotationOf(annotations: unknown, name: string): string {
  if (!isJsonObject(annotations) || !Object.hasOwn(annotations, name)) return ''
  const text = annotations[name]
  return typeof text === 'string' ? text : ''
}
