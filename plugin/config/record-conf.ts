import type { Problem } from '../cni/error.ts'
import { checkKnown } from './known.ts'
import { CONF_SCHEMAS } from './schema.ts'
import type { Stdin } from './stdin.ts'

/** Gone after a reboot, as the network namespaces are. */
export const DEFAULT_DATA_DIR = '/run/cni/netns-sysctl'

/** What the undo records need. */
export interface RecordConf {
  readonly restoreOnDel: boolean
  /** Whether this is the entry before the network plugin: one behind it has the same attachment. */
  readonly first: boolean
  /** The folder of the undo records. */
  readonly dataDir: string
}

/** What DEL and GC need, from a configuration that may have become invalid since ADD. */
export function parseRecordConf({ object }: Stdin): RecordConf {
  const ignored: Problem[] = []
  const { restoreOnDel, first, dataDir } = CONF_SCHEMAS
  return toRecordConf(checkKnown({ restoreOnDel, first, dataDir }, object, [], ignored))
}

/** The same of members that have been checked. */
export function toRecordConf(members: { readonly [K in keyof RecordConf]?: RecordConf[K] | undefined }): RecordConf {
  return {
    restoreOnDel: members.restoreOnDel ?? true,
    first: members.first ?? false,
    dataDir: members.dataDir ?? DEFAULT_DATA_DIR,
  }
}
