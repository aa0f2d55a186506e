import { CniError } from '../../cni/error.ts'
import { DEFAULT_DATA_DIR } from '../../config/record-conf.ts'
import { type Os, OsError } from '../../os/os.ts'
import { readBootId } from '../../state/identity.ts'
import { listRecordsOf } from '../../state/listing.ts'
import type { UndoRecord } from '../../state/record.ts'
import { isOlderThan } from '../../sysctl/release.ts'
import type { Container } from '../node/containers.ts'
import { findOwnEntry } from '../node/own-entry.ts'
import type { EarlierValue, Situation } from './cause.ts'

const KEY = 'net.core.somaxconn'

/** Earlier values of net.core.somaxconn in a container: from its undo records, or else the value of a new netns. */
export function findEarlier(os: Os, container: Container, release: string): Pick<Situation, 'earlier' | 'isRecorded'> {
  const recorded = container.attachments.flatMap((attachment): EarlierValue[] => {
    const own = findOwnEntry(attachment.readConfig())
    if (own === undefined) return []
    const dataDir = typeof own.dataDir === 'string' ? own.dataDir : DEFAULT_DATA_DIR
    const records = loadOf(os, dataDir, attachment.containerId)
    const isSame = ({ netns }: UndoRecord) => netns.bootId === readBootId(os) && netns.id === container.id
    const entry = records.filter(isSame).flatMap(({ entries }) => entries.find(({ id }) => id === KEY) ?? [])[0]
    if (entry === undefined) return []
    return [
      { value: Number(entry.found), from: 'which is what this plugin found there' },
      { value: Number(entry.kept ?? entry.after), from: 'which is what this plugin has set' },
    ]
  })
  if (recorded.length > 0) return { earlier: recorded, isRecorded: true }
  return { earlier: [{ value: valueOfNewNetns(release), from: "the kernel's own value" }], isRecorded: false }
}

/** The records of a container; none if they cannot be read, or may be somebody else's. */
function loadOf(os: Os, dataDir: string, containerId: string): UndoRecord[] {
  try {
    return listRecordsOf(os, dataDir, containerId)
  } catch (error) {
    if (error instanceof OsError || error instanceof CniError) return []
    throw error
  }
}

/** Commit 19f92a030ca6. */
function valueOfNewNetns(release: string): number {
  return isOlderThan(release, '5.4') ? 128 : 4096
}
