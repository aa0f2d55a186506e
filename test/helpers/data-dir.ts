import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { UndoRecord } from '../../plugin/state/record.ts'

/** A path for undo records. There is nothing at it yet, and what comes there is removed at the end of the test run. */
export function newDataDir(): string {
  return join(tmpdir(), `records-${randomUUID()}`)
}

/** The names of the files in a dataDir; none where it was not made. */
export function namesIn(dataDir: string): string[] {
  try {
    return readdirSync(dataDir).sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** The record of an attachment, by the name of its file. */
export function readRecord(dataDir: string, name: string): UndoRecord {
  return JSON.parse(readFileSync(join(dataDir, name), 'utf8')) as UndoRecord
}
