import { collect, ErrorCode, type Problem, throwProblems } from '../cni/error.ts'
import type { JsonObject } from '../config/members.ts'
import { log } from '../os/log.ts'
import type { Os } from '../os/os.ts'
import type { Attachment } from '../state/attachment.ts'
import { findContainer } from '../state/container.ts'
import { findOwn, findParts, findSiblings } from '../state/find.ts'
import { isSameNetns, type NetnsIdentity } from '../state/identity.ts'
import type { UndoEntry } from '../state/record.ts'
import { loadRecords } from '../state/store.ts'
import { findLater } from '../state/undo.ts'

/** What the records say about an attachment. */
export interface Recorded {
  /** What the attachment has set, by subject. */
  readonly entries: ReadonlyMap<string, UndoEntry>
  /** Values that a later attachment of the same container has set too: they belong to the later one now. */
  readonly taken: ReadonlySet<string>
  /** Whether `apply` has set it, rather than what the request asks. */
  readonly isApplied: boolean
}

/** Throws OsError, and CniError 11 if another command works on the container. */
export function readRecorded(
  os: Os,
  dataDir: string,
  { place, asked }: { readonly place: Attachment; readonly asked: JsonObject },
  netns: NetnsIdentity,
): Recorded {
  const problems: Problem[] = []
  const container = collect(problems, () => findContainer(os, dataDir, place.containerId))
  const [problem] = problems
  if (problem?.code === ErrorCode.tryAgainLater) throwProblems(problems)
  else if (problem !== undefined) log(os, `${problem.msg}, so its records are not used`)
  if (container === undefined) return NOTHING
  const records = loadRecords(os, container)
  const parts = findParts(records, place, netns).filter((part) => isSameNetns(part.netns, netns))
  const record = findOwn(parts, asked) ?? (parts.length === 1 ? parts[0] : undefined)
  if (record === undefined) return NOTHING
  const later = findLater(record, findSiblings(records, record, netns))
  return {
    entries: new Map(record.entries.map((entry) => [entry.id, entry])),
    taken: new Set(later.flatMap(({ entries }) => entries.map(({ id }) => id))),
    isApplied: record.applied === true,
  }
}

const NOTHING: Recorded = { entries: new Map(), taken: new Set(), isApplied: false }
