import * as z from 'zod/mini'
import { lazySchema } from '../json/lazy-schema.ts'
import type { Attachment } from './attachment.ts'

/** Something that an attachment has set. */
export interface UndoEntry {
  /** The id of the subject. */
  readonly id: string
  readonly before: string
  /** What was written. */
  readonly after: string
  /** What the kernel made of it, where that is something else. */
  readonly kept?: string | undefined
  /** Whether it was copied from the host: CHECK knows its value from here only. */
  readonly inherited: boolean
}

/** What is needed to undo one attachment. */
export interface UndoRecord extends Attachment {
  /** "dev:ino" of the container's netns. */
  readonly netns: string
  /** Counts the attachments of one container, from 1: a later one found what an earlier one had left. */
  readonly sequence: number
  /** In the order in which they were written. */
  readonly entries: readonly UndoEntry[]
}

/** Of the format. A record of another version is not read. */
const VERSION = 1

export function formatRecord(record: UndoRecord): string {
  return `${JSON.stringify({ plugin: 'netns-sysctl', version: VERSION, ...record })}\n`
}

/** Reads the text of a record; undefined for what is truncated, of another version or none of ours. */
export function parseRecord(text: string): UndoRecord | undefined {
  const parsed = recordSchema().safeParse(parseJson(text))
  return parsed.success ? parsed.data : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const recordSchema = lazySchema(() => {
  const text = z.string()
  return z.object({
    plugin: z.literal('netns-sysctl'),
    version: z.literal(VERSION),
    network: text,
    containerId: text,
    ifName: text,
    netns: text,
    sequence: z.int(),
    entries: z.array(z.object({ id: text, before: text, after: text, kept: z.optional(text), inherited: z.boolean() })),
  })
})
