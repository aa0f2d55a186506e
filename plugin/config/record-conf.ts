import type { Problem } from '../cni/error.ts'
import { checkKnown } from './known.ts'
import { CONF_SCHEMAS } from './schema.ts'
import type { Stdin } from './stdin.ts'

/** A reboot removes it, as it does the network namespaces. */
export const DEFAULT_DATA_DIR = '/run/cni/netns-sysctl'

/** What the undo records need from the configuration. */
export interface RecordConf {
  readonly restoreOnDel: boolean
  /** Whether this is the entry before the network plugin; the entry behind it has the same attachment. */
  readonly first: boolean
  /** The folder of the undo records. */
  readonly dataDir: string
}

/** What DEL and GC need, from a configuration that may be invalid by now. */
export function parseRecordConf({ object }: Stdin): RecordConf {
  const ignored: Problem[] = []
  const { restoreOnDel, first, dataDir } = CONF_SCHEMAS
  return toRecordConf(checkKnown({ restoreOnDel, first, dataDir }, object, [], ignored))
}

/** The same, from members that were checked already. */
export function toRecordConf(members: { readonly [K in keyof RecordConf]?: RecordConf[K] | undefined }): RecordConf {
  return {
    restoreOnDel: members.restoreOnDel ?? true,
    first: members.first ?? false,
    dataDir: members.dataDir ?? DEFAULT_DATA_DIR,
  }
}
