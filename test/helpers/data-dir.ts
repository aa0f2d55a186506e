import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseRecord } from '../../plugin/state/parse-record.ts'
import type { UndoRecord } from '../../plugin/state/record.ts'

/** The folder of the containers, in a dataDir. */
export const CONTAINERS = 'containers'

/** A path for undo records. Nothing is there yet, and it is removed at the end of the test run. */
export function newDataDir(): string {
  return join(tmpdir(), `records-${randomUUID()}`)
}

/** The path of a record by its name, `c1/net1@eth0.json`. */
export function recordPath(dataDir: string, name: string): string {
  return join(dataDir, CONTAINERS, name)
}

/**
 * The paths of the files in a dataDir, records by their names; none if it was not made. An empty folder
 * ends with a slash.
 */
export function namesIn(dataDir: string): string[] {
  const prefix = `${CONTAINERS}/`
  return pathsIn(dataDir, '')
    .map((path) => (path.startsWith(prefix) && path !== prefix ? path.slice(prefix.length) : path))
    .sort()
}

function pathsIn(folder: string, path: string): string[] {
  return listIfThere(join(folder, path)).flatMap((entry) => {
    const inside = `${path}${entry.name}`
    if (!entry.isDirectory()) return [inside]
    const paths = pathsIn(folder, `${inside}/`)
    return paths.length === 0 ? [`${inside}/`] : paths
  })
}

function listIfThere(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** The record of an attachment, by its name. Throws if there is none that can be used. */
export function readRecord(dataDir: string, name: string): UndoRecord {
  const record = parseRecord(readFileSync(recordPath(dataDir, name), 'utf8'))
  if (record === undefined) throw new Error(`${name} is not a record`)
  return record
}

/** Makes everything in a dataDir old enough for GC. */
export function makeOld(dataDir: string): void {
  const before = Date.now() / 1000 - 120
  for (const name of pathsIn(dataDir, '')) utimesSync(join(dataDir, name), before, before)
}
