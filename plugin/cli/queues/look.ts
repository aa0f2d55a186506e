import { isAbsent } from '../../os/errno.ts'
import type { Netns } from '../../os/netns.ts'
import { catchOsError, type Os, OsError } from '../../os/os.ts'
import type { Container } from '../node/containers.ts'
import { type Counters, parseCounters } from './counters.ts'
import { type Listener, listListeners } from './sock-diag.ts'

/** The accept queues of a container, as they were at one time. */
export interface Look {
  readonly container: Container
  /** net.core.somaxconn */
  readonly somaxconn: number
  readonly counters: Counters
  readonly listeners: readonly Listener[]
}

/** Reads in the netns of a container, and returns from it; undefined if it is gone. Throws OsError. */
export function lookInto(os: Os, container: Container): Look | undefined {
  const netns = catchOsError(() => os.openNetns(container.path))
  if (netns instanceof OsError) {
    // A name whose netns is gone, or a process that has ended.
    if (isAbsent(netns) || ['ESRCH', 'EINVAL'].includes(netns.errno)) return undefined
    throw netns
  }
  try {
    // That path may lead to another netns by now.
    return netns.id === container.id ? lookAround(os, container, netns) : undefined
  } finally {
    os.close(netns)
  }
}

function lookAround(os: Os, container: Container, netns: Netns): Look {
  os.enterNetns(netns)
  try {
    return {
      container,
      somaxconn: Number(os.readFile('/proc/sys/net/core/somaxconn')),
      counters: parseCounters(os.readFile('/proc/thread-self/net/netstat')),
      listeners: listListeners(os),
    }
  } finally {
    // In a user namespace it may be impossible to return; the next one can still be entered.
    catchOsError(() => os.leaveNetns())
  }
}
