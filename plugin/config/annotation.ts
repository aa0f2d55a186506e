import { ErrorCode, type Problem } from '../cni/error.ts'
import type { PodPolicy } from '../policy/pod.ts'
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

function tooMuch({ annotation }: PodPolicy, reason: string): Problem {
  const msg = `the annotation ${annotation} ${reason}`
  return { code: ErrorCode.refusedByPolicy, msg, details: 'a pod needs a line for each sysctl, no more' }
}

function annotationOf(annotations: unknown, name: string): string {
  if (typeof annotations !== 'object' || annotations === null || !Object.hasOwn(annotations, name)) return ''
  const text = (annotations as Record<string, unknown>)[name]
  return typeof text === 'string' ? text : ''
}
