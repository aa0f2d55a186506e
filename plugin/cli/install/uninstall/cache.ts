import type { Os } from '../../../os/os.ts'
import type { Attachment } from '../../../state/attachment.ts'
import { listCache } from '../../node/cache.ts'
import { findOwnEntry } from '../../node/own-entry.ts'

/** An attachment in libcni's cache that was made with the plugin. */
export interface CachedAttachment extends Omit<Attachment, 'entry'> {
  /** The path that the runtime gave. */
  readonly netns: string
  /** The folder of its undo record, if the configuration has it. */
  readonly dataDir: string | undefined
}

/** The attachments that runtimes have added with the plugin and not deleted. Throws OsError. */
export function listCached(os: Os): CachedAttachment[] {
  return listCache(os).flatMap(({ network, containerId, ifName, netns, readConfig }) => {
    const own = findOwnEntry(readConfig())
    if (own === undefined) return []
    const dataDir = typeof own.dataDir === 'string' ? own.dataDir : undefined
    return [{ network, containerId, ifName, netns, dataDir }]
  })
}
