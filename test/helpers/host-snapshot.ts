import { type Dirent, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The parts of the host that no test may change, by the name for a report. */
export type HostSnapshot = ReadonlyMap<string, string>

/** Counters change by themselves. */
const COUNTERS = /\/nf_conntrack_count$/

/** The folders of the host that the plugin or a test could write to; other programs have theirs elsewhere. */
const FOLDERS = ['/etc/cni', '/etc/sysctl.d', '/opt/cni', '/run/cni']

/** Reads the sysctls of the host's netns, the files of those folders, and the mounts that tests make. */
export function takeHostSnapshot(): HostSnapshot {
  return new Map([
    ...filesBelow('/proc/sys/net')
      .filter((path) => !COUNTERS.test(path))
      .map((path): [string, string] => [path, readIfReadable(path)]),
    ...FOLDERS.flatMap(filesBelow).map((path): [string, string] => [path, describeFile(path)]),
    ...mountsOfTests(),
  ])
}

/** The differences between two snapshots, in words. */
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

/** Every file and every empty folder below a folder; unreadable folders are left out. */
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

/** Mounts in the folder of this run's files, and over folders that tests mount over. */
function mountsOfTests(): [string, string][] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').trimEnd().split('\n')
  const points = lines.map((line) => line.split(' ')[4] ?? '')
  const isOfTests = (point: string) => point === '/etc' || /^\/proc\/sys|\/netns-sysctl-/.test(point)
  return points.filter(isOfTests).map((point) => [`the mount ${point}`, 'there'])
}
