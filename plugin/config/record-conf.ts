import type { Problem } from '../cni/error.ts'
import { checkKnown } from './known.ts'
import { CONF_SCHEMAS } from './schema.ts'
import type { Stdin } from './stdin.ts'

/** Gone after a reboot, as the network namespaces are. */
export const DEFAULT_DATA_DIR = '/run/cni/netns-sysctl'

/** What the undo records need. */
export interface RecordConf {
  readonly restoreOnDel: boolean
  /** The folder of the undo records. */
  readonly dataDir: string
}

/** What DEL and GC need, from a configuration that may have become invalid since ADD. */
export function parseRecordConf({ object }: Stdin): RecordConf {
  const ignored: Problem[] = []
  const { restoreOnDel, dataDir } = CONF_SCHEMAS
  const members = checkKnown({ restoreOnDel, dataDir }, object, [], ignored)
  return { restoreOnDel: members.restoreOnDel ?? true, dataDir: members.dataDir ?? DEFAULT_DATA_DIR }
}
