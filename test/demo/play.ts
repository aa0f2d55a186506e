import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { wantedSysctls } from './chain.ts'
import { findChanges, takeSnapshot } from './host.ts'
import { tellInherit } from './inherit.ts'
import type { Section } from './section.ts'
import { measureAcceptQueue, readValues, runLateDel, runPlugin, type Stage } from './stage.ts'
import { tellAcceptQueue, tellAdd, tellCheck, tellDel, tellHost, tellNetns, tellResult, type Values } from './steps.ts'

/** More than any server asks for, so that only the kernel's limit counts. */
const BACKLOG = 65535

/** Goes through the life of a container as a runtime does, and closes the stage's netns at its end. */
export async function* play(stage: Stage, file: string): AsyncGenerator<Section> {
  const { netns, chain, ifName } = stage
  const wanted = wantedSysctls(chain, ifName)
  const snapshot = takeSnapshot()
  yield tellNetns(stage)

  const onHost: Values = wanted.map(({ path }) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined))
  const before: Values = readValues(netns, wanted)
  const queueBefore = measureAcceptQueue(netns, BACKLOG)
  const added = runPlugin(stage, 'ADD')
  const after = readValues(netns, wanted)
  yield tellAdd(stage, relative(process.cwd(), file), added, wanted, { onHost, before, after })

  const limit = wanted.findIndex(({ key }) => key === 'net.core.somaxconn')
  if (limit !== -1) {
    yield tellAcceptQueue(BACKLOG, queueBefore, measureAcceptQueue(netns, BACKLOG), Number(after[limit]))
  }
  yield tellResult(stage, added)

  const changed = wanted.findIndex((_, index) => before[index] !== undefined && before[index] !== after[index])
  const [sysctl, previous] = [wanted[changed], before[changed]]
  if (sysctl !== undefined && previous !== undefined) yield tellCheck(stage, sysctl, previous)

  yield await tellInherit(stage)

  const del = runPlugin(stage, 'DEL')
  await netns.close()
  yield tellDel(del, runLateDel(stage))
  yield tellHost(snapshot.size, findChanges(snapshot, takeSnapshot()))
}
