import { ErrorCode, type Problem, throwProblems } from '../cni/error.ts'
import { checkKnown } from './known.ts'
import { GC_SCHEMAS } from './schema.ts'
import type { Stdin } from './stdin.ts'

const VALID_ATTACHMENTS = 'cni.dev/valid-attachments'

/** The attachments that GC has to leave alone. Throws CniError 7 without the list: all would be taken for garbage. */
export function parseValidAttachments({ object }: Stdin): { containerId: string; ifName: string }[] {
  const problems: Problem[] = []
  const valid = checkKnown(GC_SCHEMAS, object, [], problems)[VALID_ATTACHMENTS]
  if (!(VALID_ATTACHMENTS in object)) {
    problems.push({ code: ErrorCode.invalidConfig, msg: `${VALID_ATTACHMENTS} is missing`, details: 'GC needs it' })
  }
  throwProblems(problems)
  return (valid ?? []).map(({ containerID, ifname }) => ({ containerId: containerID, ifName: ifname }))
}
