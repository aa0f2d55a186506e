import { isAbsent } from '../../os/errno.ts'
import type { Netns } from '../../os/netns.ts'
import { catchOsError, type Os, OsError } from '../../os/os.ts'
import { isSameNetns, readIdentity } from '../../state/identity.ts'
import type { NodeAttachment } from './attachments.ts'
import { compare, type Difference, findUnasked } from './compare.ts'
import type { Network } from './networks.ts'
import type { Planner } from './planner.ts'
import { entriesOf, planNetwork, takenOf, valuesOf } from './wanted.ts'

/** The states of an attachment; the help of `status` explains each. */
export const STATES = ['in order', 'changed', 'outdated', 'without', 'gone', 'unknown'] as const

export type State = (typeof STATES)[number]

export interface Judgement {
  readonly state: State
  readonly differences: readonly Difference[]
  /** Why ADD would be refused now, or why nothing can be compared. */
  readonly reason?: string
  /** "dev:ino" of its netns; undefined if it is gone. */
  readonly netnsId?: string
}

/** Checks one attachment in its netns, and returns from it. `network` is from its current conflist. Throws OsError. */
export function judge(os: Os, attachment: NodeAttachment, network: Network | undefined, planner: Planner): Judgement {
  const netns = openIfAlive(os, attachment.netns)
  if (netns === undefined) return { state: 'gone', differences: [] }
  try {
    const now = planNetwork(planner, network, attachment)
    const then = planNetwork(planner, attachment.asked, attachment)
    os.enterNetns(netns)
    return judgeInside(os, attachment, network, netns, now, 'plan' in then ? valuesOf(then.plan) : new Map())
  } finally {
    os.leaveNetns()
    os.close(netns)
  }
}

/** Opens a container's netns; undefined if it is gone. Throws OsError if it cannot be opened. */
export function openIfAlive(os: Os, path: string): Netns | undefined {
  if (path === '') return undefined
  const netns = catchOsError(() => os.openNetns(path))
  if (netns instanceof OsError) {
    if (isAbsent(netns) || netns.errno === 'EINVAL' || netns.errno === 'ESRCH') return undefined
    throw netns
  }
  // The process number in the path may belong to another process by now, on the node.
  if (netns.id !== os.ownNetnsId()) return netns
  os.close(netns)
  return undefined
}

function judgeInside(
  os: Os,
  attachment: NodeAttachment,
  network: Network | undefined,
  netns: Netns,
  now: ReturnType<typeof planNetwork>,
  then: ReadonlyMap<string, string>,
): Judgement {
  const { asked, records } = attachment
  const identity = readIdentity(os, netns)
  const own = records.filter((record) => isSameNetns(record.netns, identity))
  const netnsId = netns.id
  if (records.length > 0 && own.length === 0) return { state: 'gone', differences: [] }
  const entries = entriesOf(own)
  const taken = takenOf(own, attachment.siblings)
  if (network === undefined) {
    const changed = compare(os, entries, then, taken).changed
    const reason = `no conflist of the node has a network ${attachment.network}`
    return { state: changed.length > 0 ? 'changed' : 'in order', differences: changed, reason, netnsId }
  }
  if ('reason' in now) return { state: 'outdated', differences: [], reason: now.reason, netnsId }
  const { changed, outdated } = compare(os, entries, then, taken, now.plan)
  const differences = [...outdated, ...findUnasked(os, entries, taken, now.plan)]
  const isWithout = own.length === 0 && asked?.entries.length === 0
  if (isWithout && network.entries.length > 0) return { state: 'without', differences, netnsId }
  if (differences.length > 0) return { state: 'outdated', differences, netnsId }
  return { state: changed.length > 0 ? 'changed' : 'in order', differences: changed, netnsId }
}
