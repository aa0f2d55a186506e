import { planSettings } from '../../plugin/plan/plan.ts'
import type { Attachment } from '../../plugin/state/attachment.ts'
import { parseRecord } from '../../plugin/state/parse-record.ts'
import type { UndoRecord } from '../../plugin/state/record.ts'
import { writeRecorded } from '../../plugin/state/recorded.ts'
import type { ConfiguredValue } from '../../plugin/sysctl/value.ts'
import { createFakeOs, type FakeFiles, type FakeMachine, type FakeOs, HOST } from './fake-os.ts'
import { DATA_DIR, NODE_FILES } from './requests.ts'
import { SCOPE, toSettings } from './settings.ts'

const ATTACHMENT = { network: 'net1', containerId: 'c1', ifName: 'eth0', entry: 'chained' } as const

interface Options {
  /** How many of the values are recorded, from the first; all of them if this is missing. */
  readonly first?: number
  readonly place?: Partial<Attachment>
  readonly asked?: Readonly<Record<string, ConfiguredValue>>
}

export interface Recorder {
  readonly os: FakeOs
  /** Writes values, and returns the function that takes them back. */
  readonly write: (values: Readonly<Record<string, ConfiguredValue>>, options?: Options) => () => void
  /** The record by its file's name; of `net1@eth0.json` if that is missing. */
  readonly record: (name?: string) => UndoRecord | undefined
  /** Its entries: the id, the value to put back, the one that was written, and what the kernel has made of it. */
  readonly entries: (name?: string) => readonly (readonly string[])[] | undefined
}

/** A node with these sysctls, and a function that writes values there and keeps undo records. */
export function createRecorder(files: FakeFiles, machine: FakeMachine = {}): Recorder {
  const os = createFakeOs({ netns: { [HOST]: files }, files: NODE_FILES, ...machine })
  const record: Recorder['record'] = (name = 'net1@eth0.json') =>
    parseRecord(os.readIfExists(`${DATA_DIR}/containers/c1/${name}`) ?? '')
  return {
    os,
    write(values, { first = Number.POSITIVE_INFINITY, place = {}, asked = {} } = {}) {
      const plan = planSettings(toSettings(values), SCOPE)
      return writeRecorded(os, {
        place: { ...ATTACHMENT, ...place },
        asked,
        dataDir: DATA_DIR,
        netns: { path: HOST, fd: 0, id: '4:1' },
        plan,
        isRecorded: (each) => plan.indexOf(each) < first,
        beforeWriting: () => undefined,
      })
    },
    record,
    entries: (name) =>
      record(name)?.entries.map(({ id, putBack, after, kept }) => [
        id,
        putBack,
        after,
        ...(kept === undefined ? [] : [kept]),
      ]),
  }
}
