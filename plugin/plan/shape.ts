import { ErrorCode, type Problem } from '../cni/error.ts'
import { log } from '../os/log.ts'
import type { Os } from '../os/os.ts'
import type { ValueProblem } from '../subject/subject.ts'
import type { Write } from './plan.ts'
import type { Target } from './target.ts'

/** A write whose value has not the form that its subject shows. */
export interface Misfit {
  readonly write: Write
  readonly before: string
  readonly problem: ValueProblem
}

/** Undefined if the value fits. Copied values fit, because they come from the node's own file. */
export function findMisfit({ write, before }: Target): Misfit | undefined {
  if (before === undefined || write.origin === 'host') return undefined
  const problem = write.subject.valueProblem(write.value, before)
  return problem === undefined ? undefined : { write, before, problem }
}

/** Logs incomplete values, and those that may fail; the others are problems with code 2. */
export function reportMisfits(os: Os, misfits: readonly Misfit[]): Problem[] {
  return misfits.flatMap(({ write, before, problem: { reason, isRefused } }): Problem[] => {
    const { name } = write.subject
    const msg = `${name}: ${reason}`
    if (isRefused && write.onFailure !== 'log') {
      return [{ code: ErrorCode.unsupportedValue, msg, details: adviseOn(write.value, before) }]
    }
    log(os, isRefused ? `${name}: not set (${reason}), ignored because of its "-"` : msg)
    return []
  })
}

function adviseOn(value: string, before: string): string {
  const hint = /[#;]/.test(value) ? '; a comment cannot follow a value' : ''
  return `nothing was written; it holds ${JSON.stringify(before.replaceAll('\t', ' '))}${hint}`
}
