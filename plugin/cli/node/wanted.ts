import type { Plan } from '../../plan/plan.ts'
import type { UndoEntry, UndoRecord } from '../../state/record.ts'
import type { NodeAttachment } from './attachments.ts'
import type { Network } from './networks.ts'
import type { Planned, Planner } from './planner.ts'

/** The wishes of all entries of a network's chain for an attachment: a later one wins. */
export function planNetwork(planner: Planner, network: Network | undefined, attachment: NodeAttachment): Planned {
  const plans: Plan[] = []
  for (const entry of network?.entries ?? []) {
    const planned = planner(entry, attachment)
    if ('reason' in planned) return planned
    plans.push(planned.plan)
  }
  const [only, ...more] = plans
  if (more.length === 0) return { plan: only ?? [] }
  return { plan: [...new Map(plans.flat().map((write) => [write.subject.id, write])).values()] }
}

/** The values of a plan, by the ids of their subjects. */
export function valuesOf(plan: Plan): ReadonlyMap<string, string> {
  return new Map(plan.map(({ subject, value }) => [subject.id, value]))
}

/** The values that records have set: the latest record counts. */
export function entriesOf(records: readonly UndoRecord[]): ReadonlyMap<string, UndoEntry> {
  const ordered = [...records].sort((a, b) => a.sequence - b.sequence)
  return new Map(ordered.flatMap(({ entries }) => entries.map((entry) => [entry.id, entry])))
}

/** Values that later attachments of the same netns have set: they belong to those now. */
export function takenOf(own: readonly UndoRecord[], siblings: readonly UndoRecord[]): ReadonlySet<string> {
  const [first] = own
  if (first === undefined) return new Set()
  const last = Math.max(...own.map(({ sequence }) => sequence))
  const later = siblings.filter(({ netns, sequence }) => sequence > last && netns.id === first.netns.id)
  return new Set(later.flatMap(({ entries }) => entries.map(({ id }) => id)))
}
