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
  /** Counts the attachments of one container, from 1: a later one found what an earlier one had left. */
  readonly sequence: number
  /** In the order in which they were written. */
  readonly entries: readonly UndoEntry[]
}

/** Of the format. */
const VERSION = 2

/** The text of a record. Each column of the entries is an array of its own, which takes a third of the time. */
export function formatRecord({ netns, entries, ...record }: UndoRecord): string {
  const members = {
    plugin: 'netns-sysctl',
    version: VERSION,
    ...record,
    netns: netns.id,
    cookie: netns.cookie,
    bootId: netns.bootId,
    ids: entries.map(({ id }) => id),
    found: entries.map(({ found }) => found),
    after: entries.map(({ after }) => after),
    putBack: pick(entries, ({ found, putBack }) => (putBack === found ? undefined : putBack)),
    kept: pick(entries, ({ kept }) => kept),
    inherited: entries.flatMap(({ inherited }, index) => (inherited ? [index] : [])),
  }
  return `${JSON.stringify(members)}\n`
}

/** The values of the few entries that have one, by their place. */
function pick(entries: readonly UndoEntry[], columnOf: (entry: UndoEntry) => string | undefined): [number, string][] {
  return entries.flatMap((entry, index): [number, string][] => {
    const value = columnOf(entry)
    return value === undefined ? [] : [[index, value]]
  })
}
