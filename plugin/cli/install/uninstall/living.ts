import { isAbsent } from '../../../os/errno.ts'
import { catchOsError, type Os, OsError } from '../../../os/os.ts'
import type { Attachment } from '../../../state/attachment.ts'
import { isSameNetns, type NetnsIdentity, readIdentity } from '../../../state/identity.ts'
import { listRecords } from '../../../state/listing.ts'
import { listNetnses, type NodeNetns } from '../../node/netnses.ts'
import { listCached } from './cache.ts'

/** The default of the member `dataDir`. */
const DATA_DIR = '/run/cni/netns-sysctl'

/** Its DEL will need the executable. */
export type LivingAttachment = Omit<Attachment, 'entry'>

/** The attachments that were made with the plugin. */
export interface Made {
  readonly living: readonly LivingAttachment[]
  /** Records of containers that ended without the plugin's DEL, by their folders. */
  readonly orphans: readonly { readonly dataDir: string; readonly attachment: Attachment }[]
}

/** Reads libcni's cache and the undo records, in the default folder and in `dataDirs`. Throws OsError. */
export function findMade(os: Os, dataDirs: readonly string[]): Made {
  const cached = listCached(os)
  const folders = [DATA_DIR, ...dataDirs, ...cached.flatMap(({ dataDir }) => dataDir ?? [])]
  const recorded = [...new Set(folders)].flatMap((dataDir) =>
    listRecords(os, dataDir).map((attachment) => ({ dataDir, attachment })),
  )
  const netnses = recorded.length === 0 ? [] : listNetnses(os)
  const alive = new Set(recorded.filter(({ attachment }) => isAmong(os, netnses, attachment.netns)))
  const living: readonly LivingAttachment[] = [
    ...cached.filter(({ netns }) => isNetns(os, netns)),
    ...[...alive].map(({ attachment }) => attachment),
  ]
  const byId = new Map(living.map((each) => [`${each.containerId} ${each.network} ${each.ifName}`, each]))
  return { living: [...byId.values()], orphans: recorded.filter((each) => !alive.has(each)) }
}

/** Whether one of them is the recorded one, or may be: a new one often has the number of one that is gone. */
function isAmong(os: Os, netnses: readonly NodeNetns[], recorded: NetnsIdentity): boolean {
  const found = netnses.find(({ id }) => id === recorded.id)
  if (found === undefined) return false
  const identity = catchOsError(() => identify(os, found.path))
  return identity instanceof OsError || isSameNetns(recorded, identity)
}

/** Enters it, and comes back. Throws OsError. */
function identify(os: Os, path: string): NetnsIdentity {
  const netns = os.openNetns(path)
  try {
    os.enterNetns(netns)
    try {
      return readIdentity(os, netns)
    } finally {
      os.leaveNetns()
    }
  } finally {
    os.close(netns)
  }
}

/** If it is unknown, it counts as one. */
function isNetns(os: Os, path: string): boolean {
  if (path === '') return false
  const netns = catchOsError(() => os.openNetns(path))
  if (netns instanceof OsError) return !(isAbsent(netns) || netns.errno === 'EINVAL')
  os.close(netns)
  return true
}
