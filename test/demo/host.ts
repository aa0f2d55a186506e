import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Path -> value of every sysctl of this process's own network namespace that can be set and read. */
export type Snapshot = ReadonlyMap<string, string>

/** Read-only sysctls are left out: counters change by themselves. */
export function takeSnapshot(root = '/proc/sys/net'): Snapshot {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = entries.map((entry) => join(entry.parentPath, entry.name))
  return new Map(paths.flatMap((path) => (isWritable(path) ? readEntry(path) : [])))
}

/** Sysctls with another value now. Those that came or went with an interface do not count. */
export function findChanges(before: Snapshot, after: Snapshot): string[] {
  return [...before].flatMap(([path, value]) => {
    const now = after.get(path)
    return now === undefined || now === value ? [] : [`${path}: was ${value}, is ${now}`]
  })
}

function isWritable(path: string): boolean {
  // It is gone if a container's interface was removed meanwhile.
  return ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o200) !== 0
}

/** Some cannot be read: triggers such as route/flush, a stable_secret that was never set. */
function readEntry(path: string): [string, string][] {
  try {
    return [[path, readFileSync(path, 'utf8').trim()]]
  } catch {
    return []
  }
}
