import { expect } from 'vitest'
import type { Os } from '../../plugin/os/os.ts'
import { type Plan, planSettings } from '../../plugin/plan/plan.ts'
import type { Target } from '../../plugin/plan/target.ts'
import { parseRecord } from '../../plugin/state/parse-record.ts'
import { reapply } from '../../plugin/state/reapply.ts'
import type { Reapplied, Reapplying } from '../../plugin/state/reapply-job.ts'
import { formatRecord, type UndoEntry, type UndoRecord } from '../../plugin/state/record.ts'
import { formatRecordPath } from '../../plugin/state/store.ts'
import type { ConfiguredValue } from '../../plugin/sysctl/value.ts'
import { createFakeOs, type FakeFiles, type FakeMachine, type FakeOs } from './fake-os.ts'
import { watchOpen } from './left-open.ts'
import { CONTAINER, DATA_DIR, NODE_FILES } from './requests.ts'
import { SCOPE, toSettings } from './settings.ts'

const SYS = '/proc/sys/net/a'
const ATTACHMENT = { network: 'net1', containerId: 'c1', ifName: 'eth0', entry: 'chained' } as const

/** `net.a.NAME` was `found`, and `after` was written. */
export function entryOf(name: string, found: string, after: string, changes: Partial<UndoEntry> = {}): UndoEntry {
  return { id: `net.a.${name}`, found, putBack: found, after, inherited: false, ...changes }
}

/** A record of the attachment eth0 to net1, in the netns of {@link containerWith}. */
export function recordOf(entries: readonly UndoEntry[], changes: Partial<UndoRecord> = {}): UndoRecord {
  const netns = { id: CONTAINER, cookie: `cookie ${CONTAINER}`, bootId: 'boot 1' }
  return { ...ATTACHMENT, netns, netnsPath: CONTAINER, sequence: 1, entries, ...changes }
}

/** One of another network and interface in the same netns: `ethN` of `netN`, the number N. */
export function siblingOf(sequence: number, entries: readonly UndoEntry[]): UndoRecord {
  return recordOf(entries, { network: `net${sequence}x`, ifName: `eth${sequence}`, sequence })
}

/** A container with these values of `net.a`, whose attachments have left these records. */
export function containerWith(values: FakeFiles, records: readonly UndoRecord[], machine: FakeMachine = {}) {
  const inside = Object.entries(values).map(([name, file]) => {
    return [`${SYS}/${name}`, typeof file === 'string' ? `${file}\n` : file] as const
  })
  const fake = createFakeOs({
    ...machine,
    netns: { [CONTAINER]: Object.fromEntries(inside) },
    files: {
      ...NODE_FILES,
      ...Object.fromEntries(records.map((each) => [formatRecordPath(DATA_DIR, each), formatRecord(each)])),
      ...machine.files,
    },
  })
  fake.enterNetns({ path: CONTAINER, fd: 0, id: CONTAINER })
  return {
    os: fake,
    /** The value of `net.a.NAME`. */
    valueOf: (name: string) => fake.textOf(CONTAINER, `${SYS}/${name}`),
    /** The record of an interface, if there is one. */
    recordOf: (ifName: string): UndoRecord | undefined => {
      const path = [...fake.state.shared.keys()].find((each) => each.endsWith(`@${ifName}.json`))
      return path === undefined ? undefined : parseRecord(fake.readFile(path))
    },
    /** What `apply` does for eth0, with values of `net.a` or a plan. */
    apply: (asked: Readonly<Record<string, ConfiguredValue>> | Plan, changes: Changes = {}) =>
      applyTo(fake, asked, changes),
  }
}

interface Changes extends Partial<Reapplying> {
  readonly wrap?: (os: FakeOs) => Os
}

function applyTo(fake: FakeOs, asked: Readonly<Record<string, ConfiguredValue>> | Plan, { wrap, ...changes }: Changes) {
  const { os, open } = watchOpen(wrap?.(fake) ?? fake)
  const result = attempt(() =>
    reapply(os, {
      attachment: ATTACHMENT,
      dataDir: DATA_DIR,
      netns: { path: CONTAINER, fd: 0, id: CONTAINER },
      plan: Array.isArray(asked) ? (asked as Plan) : planOf(asked as Readonly<Record<string, ConfiguredValue>>),
      formerly: new Map(),
      isForced: false,
      isDryRun: false,
      ...changes,
    }),
  )
  expect(open).toEqual([])
  return summaryOf(result())
}

/** A function that returns what the action has returned, or throws what it has thrown. */
function attempt<T>(action: () => T): () => T {
  try {
    const result = action()
    return () => result
  } catch (error) {
    return () => {
      throw error
    }
  }
}

/** A plan for values of `net.a`. */
export function planOf(values: Readonly<Record<string, ConfiguredValue>>): Plan {
  const names = Object.entries(values).map(([name, value]) => [name.replace(/^-?/, '$&net.a.'), value])
  return planSettings(toSettings(Object.fromEntries(names)), SCOPE)
}

/** `NAME before -> after` of each change. */
function summaryOf({ set, putBack, left, stuck }: Reapplied) {
  const wordEach = (targets: readonly Target[]) =>
    targets.map(({ write, before }) => `${write.subject.name.slice(6)} ${before} -> ${write.value}`)
  return { set: wordEach(set), putBack: wordEach(putBack), left: wordEach(left), stuck }
}

/** What `apply` does where there is nothing to do. */
export const NOTHING = { set: [], putBack: [], left: [], stuck: [] }
