import type { JsonObject } from '../config/members.ts'
import type { Attachment } from './attachment.ts'
import type { NetnsIdentity } from './identity.ts'

/** A value that an attachment has set. */
export interface UndoEntry {
  /** The id of the subject. */
  readonly id: string
  /** The value before the write. */
  readonly found: string
  /** The value to put back: the one that was found, or the one that an attachment had found which is gone by now. */
  readonly putBack: string
  /** The value that was written. */
  readonly after: string
  /** What the kernel has made of it, if that is another value. */
  readonly kept?: string | undefined
  /** Whether it was copied from the host: only the record tells CHECK which value. */
  readonly inherited: boolean
}

/** Everything that is needed to undo one attachment. */
export interface UndoRecord extends Attachment {
  readonly netns: NetnsIdentity
  /** The netns' path at that time; empty in records of version 1. */
  readonly netnsPath: string
  /** Whether `apply` has updated it since ADD: then the request that the runtime remembers is outdated. */
  readonly applied?: true
  /** What the entry of the chain asks; it distinguishes entries at one place. Older versions and `apply` do not write it. */
  readonly asked?: JsonObject
  /** The number of the attachment in its container, from 1: a later one has found the values of earlier ones. */
  readonly sequence: number
  /** In the order of the writes. */
  readonly entries: readonly UndoEntry[]
}

/** The version of the format. */
const VERSION = 2

/** The text of a record. Each column of the entries is an array, which takes a third of the time. */
export function formatRecord({ netns, entries, ...record }: UndoRecord): string {
  const ids: string[] = []
  const allFound: string[] = []
  const allAfter: string[] = []
  // The values of the few entries that have one, with their index.
  const allPutBack: [number, string][] = []
  const allKept: [number, string][] = []
  const allInherited: number[] = []
  for (const { id, found, after, putBack, kept, inherited } of entries) {
    const index = ids.length
    ids[index] = id
    allFound[index] = found
    allAfter[index] = after
    if (putBack !== found) allPutBack.push([index, putBack])
    if (kept !== undefined) allKept.push([index, kept])
    if (inherited) allInherited.push(index)
  }
  const members = {
    plugin: 'netns-sysctl',
    version: VERSION,
    ...record,
    netns: netns.id,
    cookie: netns.cookie,
    bootId: netns.bootId,
    ids,
    found: allFound,
    after: allAfter,
    putBack: allPutBack,
    kept: allKept,
    inherited: allInherited,
  }
  return `${JSON.stringify(members)}\n`
}
