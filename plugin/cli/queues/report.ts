import type { Report } from '../command.ts'
import type { Paint } from '../paint.ts'
import { formatQueues } from './format.ts'
import type { ContainerQueues, Queue } from './queue.ts'
import type { Sample } from './sample.ts'

export function reportSample({ containers, unseen }: Sample, paint: Paint): Report {
  const isBad = containers.some(({ queues }) => queues.some(({ state }) => state !== 'fine'))
  const missing = unseen.map((each) => `not looked at: ${each}\n`)
  return {
    text: [formatQueues(containers, paint), ...missing].join(''),
    json: { containers: containers.map(toJson), notLookedAt: unseen },
    exitCode: unseen.length > 0 ? 2 : isBad ? 1 : 0,
  }
}

function toJson({ container, somaxconn, counters, queues }: ContainerQueues): unknown {
  const { path, pod, containerId } = container
  return {
    netns: path,
    pod: pod ?? null,
    containerId: containerId ?? null,
    somaxconn,
    listenOverflows: counters.overflows,
    listenDrops: counters.drops,
    queues: queues.map(queueToJson),
  }
}

function queueToJson({ process, dropped, droppedMeanwhile, ...queue }: Queue): unknown {
  return {
    address: queue.address,
    process: process === undefined ? null : { pid: process.pid, name: process.name },
    waiting: queue.waiting,
    limit: queue.limit,
    dropped: dropped ?? null,
    droppedMeanwhile: droppedMeanwhile ?? null,
    state: queue.state,
    cause: queue.cause,
    reasons: queue.reasons,
  }
}
