import { type Problem, throwProblems } from '../cni/error.ts'
import { checkKnown } from './known.ts'
import { GC_SCHEMAS } from './schema.ts'
import type { Stdin } from './stdin.ts'
import type { ValidAttachment } from './valid-attachment.ts'

/** The names of the list; Multus sends both, each with all attachments. */
const LISTS = ['cni.dev/valid-attachments', 'cni.dev/attachments'] as const

/**
 * The attachments that GC has to leave alone; undefined if the runtime has sent no list, from which nothing can be
 * told. A list that is null is empty. Throws CniError 6 for what is not a list.
 */
export function parseValidAttachments({ object }: Stdin): readonly ValidAttachment[] | undefined {
  const problems: Problem[] = []
  const lists = checkKnown(GC_SCHEMAS, object, [], problems)
  throwProblems(problems)
  const names = Object.keys(object).map((name) => name.toLowerCase())
  if (!LISTS.some((list) => names.includes(list))) return undefined
  return LISTS.flatMap((list) => lists[list] ?? [])
}
