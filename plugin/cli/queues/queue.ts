import type { Os } from '../../os/os.ts'
import type { Container } from '../node/containers.ts'
import { formatAddress } from './address.ts'
import { type Cause, explainCause, findCause } from './cause.ts'
import type { Counters } from './counters.ts'
import type { Look } from './look.ts'
import { findOwners, type Process } from './processes.ts'
import { findEarlier } from './recorded.ts'
import type { Listener } from './sock-diag.ts'
import { droppedMeanwhile, explainState, findState, type Seen, type State } from './state.ts'

/** An accept queue with remarks. */
export interface Queue {
  readonly address: string
  readonly process: Process | undefined
  readonly waiting: number
  readonly limit: number
  readonly dropped: number | undefined
  /** The change between two looks; undefined after the first. */
  readonly droppedMeanwhile: number | undefined
  readonly state: State
  readonly cause: Cause
  /** Its state, and the reason of its limit, a sentence each. */
  readonly reasons: readonly string[]
}

/** A container with its accept queues. */
export interface ContainerQueues {
  readonly container: Container
  readonly somaxconn: number
  readonly counters: Counters
  readonly queues: readonly Queue[]
}

/** An earlier look at the same container. */
export interface Before {
  readonly look: Look
  readonly seconds: number
}

/** The report on a container; `release` is the kernel's. Throws OsError. */
export function judgeContainer(os: Os, look: Look, before: Before | undefined, release: string): ContainerQueues {
  const { container, somaxconn, counters, listeners } = look
  const owners = findOwners(
    os,
    container.pids,
    listeners.map(({ inode }) => inode),
  )
  const known = findEarlier(os, container, release)
  const queues = listeners.map((listener): Queue => {
    const process = owners.get(listener.inode)
    const seen = seenOf(listener, look, before)
    const situation = { limit: listener.limit, somaxconn, ...known, server: process?.server }
    const cause = findCause(situation)
    const state = findState(seen, cause === 'cut' || cause === 'old-value')
    const reasons = [explainState(seen), explainCause(situation)].filter((each) => each !== undefined)
    return {
      address: formatAddress(listener),
      process,
      waiting: listener.waiting,
      limit: listener.limit,
      dropped: seen.dropped,
      droppedMeanwhile: before === undefined ? undefined : droppedMeanwhile(seen),
      state,
      cause,
      reasons,
    }
  })
  return { container, somaxconn, counters, queues: sortByPort(listeners, queues) }
}

/** A kernel that does not count for each socket counts for the netns. With one socket both are the same. */
function seenOf(listener: Listener, look: Look, before: Before | undefined): Seen {
  const [waiting, limit] = [listener.waiting, listener.limit]
  const seen = { waiting, limit, dropped: dropsOf(listener, look) }
  const same = before?.look.listeners.find(({ inode }) => inode === listener.inode)
  if (before === undefined || same === undefined) return seen
  const earlier = { waiting: same.waiting, dropped: dropsOf(same, before.look), seconds: before.seconds }
  return { ...seen, earlier }
}

function dropsOf({ dropped }: Listener, { listeners, counters }: Look): number | undefined {
  return dropped ?? (listeners.length === 1 ? counters.drops : undefined)
}

function sortByPort(listeners: readonly Listener[], queues: readonly Queue[]): Queue[] {
  const ports = new Map(queues.map((queue, index) => [queue, listeners[index]?.port ?? 0]))
  return [...queues].sort((a, b) => (ports.get(a) ?? 0) - (ports.get(b) ?? 0))
}
