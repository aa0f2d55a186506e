import { type Dirent, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What of the host no test may change: each thing and what it is, by a name to report it under. */
export type HostSnapshot = ReadonlyMap<string, string>

/** Of counters, which change by themselves. */
const COUNTERS = /\/nf_conntrack_count$/

/** The folders of the host that the plugin or a test could write to; other programs have theirs elsewhere. */
const FOLDERS = ['/etc/cni', '/etc/sysctl.d', '/opt/cni', '/run/cni']

/** Takes in the sysctls of the host's netns, the files of those folders, and the mounts that tests make. */
export function takeHostSnapshot(): HostSnapshot {
  return new Map([
    ...filesBelow('/proc/sys/net')
      .filter((path) => !COUNTERS.test(path))
      .map((path): [string, string] => [path, readIfReadable(path)]),
    ...FOLDERS.flatMap(filesBelow).map((path): [string, string] => [path, describeFile(path)]),
    ...mountsOfTests(),
  ])
}

/** What differs between two snapshots, in words. */
export function compareSnapshots(before: HostSnapshot, after: HostSnapshot): string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])]
  return names
    .filter((name) => before.get(name) !== after.get(name) && !isOfOtherLink(name, before, after))
    .map((name) => `${name}: was ${before.get(name) ?? 'not there'}, is ${after.get(name) ?? 'not there'}`)
}

/** An interface of the host that another program has made or removed; the tests make theirs elsewhere. */
function isOfOtherLink(name: string, before: HostSnapshot, after: HostSnapshot): boolean {
  return /^\/proc\/sys\/net\/\w+\/(conf|neigh)\//.test(name) && before.has(name) !== after.has(name)
}

/** Every path below a folder but folders that are not empty; without what cannot be looked into. */
function filesBelow(folder: string): string[] {
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name)
    const inside = entry.isDirectory() ? filesBelow(path) : []
    return inside.length > 0 ? inside : [path]
  })
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

function readIfReadable(path: string): string {
  try {
    return JSON.stringify(readFileSync(path, 'utf8').trimEnd())
  } catch {
    return 'unreadable'
  }
}

function describeFile(path: string): string {
  try {
    const stat = lstatSync(path)
    return stat.isFile() ? `a file of ${stat.size} bytes from ${stat.mtime.toISOString()}` : 'there'
  } catch {
    return 'gone'
  }
}

/** What was mounted in the folder of this run's files, and over a folder that tests mount over. */
function mountsOfTests(): [string, string][] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').trimEnd().split('\n')
  const points = lines.map((line) => line.split(' ')[4] ?? '')
  const isOfTests = (point: string) => point === '/etc' || /^\/proc\/sys|\/netns-sysctl-/.test(point)
  return points.filter(isOfTests).map((point) => [`the mount ${point}`, 'there'])
}
