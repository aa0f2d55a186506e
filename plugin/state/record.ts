import type { JsonObject } from '../config/members.ts'
import type { Attachment } from './attachment.ts'
import type { NetnsIdentity } from './identity.ts'

/** Something that an attachment has set. */
export interface UndoEntry {
  /** The id of the subject. */
  readonly id: string
  /** What was there before the write. */
  readonly found: string
  /** What is to be there in the end: what was found, or what an attachment had found that is gone by now. */
  readonly putBack: string
  /** What was written. */
  readonly after: string
  /** What the kernel made of it, where that is something else. */
  readonly kept?: string | undefined
  /** Whether it was copied from the host: CHECK knows its value from here only. */
  readonly inherited: boolean
}

/** What is needed to undo one attachment. */
export interface UndoRecord extends Attachment {
  readonly netns: NetnsIdentity
  /** Where the netns was then; empty in records of version 1. */
  readonly netnsPath: string
  /** Whether `apply` has brought it up to date since ADD: what the runtime remembers of the request is old by then. */
  readonly applied?: true
  /** What its entry of the chain asks: it tells the entries at one place apart. Absent in what older versions and `apply` wrote. */
  readonly asked?: JsonObject
  /** Counts the attachments of one container, from 1: a later one found what an earlier one had left. */
  readonly sequence: number
  /** In the order in which they were written. */
  readonly entries: readonly UndoEntry[]
}

/** Of the format. */
const VERSION = 2

/** The text of a record. Each column of the entries is an array of its own, which takes a third of the time. */
export function formatRecord({ netns, entries, ...record }: UndoRecord): string {
  const ids: string[] = []
  const allFound: string[] = []
  const allAfter: string[] = []
  // The values of the few entries that have one, by their place.
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
