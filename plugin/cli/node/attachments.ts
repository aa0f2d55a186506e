import type { JsonObject } from '../../config/members.ts'
import { DEFAULT_DATA_DIR } from '../../config/record-conf.ts'
import type { Os } from '../../os/os.ts'
import { listRecords } from '../../state/listing.ts'
import type { UndoRecord } from '../../state/record.ts'
import { type CachedAttachment, listCache } from './cache.ts'
import { type Network, parseNetwork } from './networks.ts'

/** An attachment of a container to a network, from what the runtime and the plugin have stored. */
export interface NodeAttachment {
  readonly containerId: string
  readonly network: string
  readonly ifName: string
  /** The path of the netns; empty if unknown. */
  readonly netns: string
  /** CNI_ARGS */
  readonly args: ReadonlyMap<string, string>
  /** What the runtime sends to plugins that declare the capability. */
  readonly capabilityArgs: JsonObject
  /** The network's configuration at ADD; undefined without a cache. */
  readonly asked: Network | undefined
  readonly records: readonly UndoRecord[]
  /** The records of the container's other attachments. */
  readonly siblings: readonly UndoRecord[]
}

/** What is known about the node's attachments. */
export interface NodeState {
  readonly cached: readonly CachedAttachment[]
  readonly attachments: readonly NodeAttachment[]
}

/** Every attachment of the node: those in libcni's cache, and those that only have records. Throws OsError and CniError. */
export function listAttachments(os: Os, cacheDir: string, networks: readonly Network[]): NodeState {
  const cached = listCache(os, cacheDir)
  const asked = readAsked(cached)
  const entries = [...networks, ...asked.values()].flatMap((network) => network?.entries ?? [])
  const folders = new Set([DEFAULT_DATA_DIR, ...entries.flatMap(({ dataDir }) => (isText(dataDir) ? dataDir : []))])
  const byContainer = Map.groupBy(
    [...folders].flatMap((dataDir) => listRecords(os, dataDir)),
    ({ containerId }) => containerId,
  )
  const withRecords = (attachment: Omit<NodeAttachment, 'records' | 'siblings'>): NodeAttachment => {
    const all = byContainer.get(attachment.containerId) ?? []
    const isOwn = (record: UndoRecord) => isOf(record, attachment)
    return { ...attachment, records: all.filter(isOwn), siblings: all.filter((record) => !isOwn(record)) }
  }
  const known = cached.flatMap((each) => {
    const network = asked.get(each.config)
    return isLoopback(each, network) ? [] : [withRecords({ ...each, asked: network })]
  })
  const cachedKeys = new Set(cached.map(keyOf))
  const alone = [...byContainer.values()].flat().filter((record) => !cachedKeys.has(keyOf(record)))
  const uncached = new Map(alone.map((record) => [keyOf(record), record]))
  return { cached, attachments: [...known, ...[...uncached.values()].map((record) => withRecords(toUncached(record)))] }
}

type Identified = Pick<NodeAttachment, 'containerId' | 'network' | 'ifName'>

function isOf(record: UndoRecord, attachment: Identified): boolean {
  return keyOf(record) === keyOf(attachment)
}

/** In every pod, containerd makes lo by a network of its own, which is in no folder. */
function isLoopback({ ifName }: CachedAttachment, asked: Network | undefined): boolean {
  return ifName === 'lo' && (asked?.entries.length ?? 0) === 0
}

/** No name contains a blank. */
function keyOf({ containerId, network, ifName }: Identified): string {
  return `${containerId} ${network} ${ifName}`
}

/** Nearly all pods of one network have the same text. */
function readAsked(cached: readonly CachedAttachment[]): ReadonlyMap<string, Network | undefined> {
  const asked = new Map<string, Network | undefined>()
  for (const { config, readConfig } of cached) {
    if (!asked.has(config)) asked.set(config, parseNetwork(readConfig()))
  }
  return asked
}

function toUncached(record: UndoRecord): Omit<NodeAttachment, 'records' | 'siblings'> {
  const { containerId, network, ifName, netnsPath: netns } = record
  return { containerId, network, ifName, netns, args: new Map(), capabilityArgs: {}, asked: undefined }
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
