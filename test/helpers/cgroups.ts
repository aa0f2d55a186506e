import { existsSync, readdirSync, rmdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const CGROUPS = '/sys/fs/cgroup'
const PREFIX = 'netns-sysctl-test-'

/** The parent of all cgroups of this process's containers, as a path below the root of cgroups. */
export const CGROUP_OF_RUN = `/${PREFIX}${process.pid}`

/** Removes the cgroups of this run, and of runs that were killed. Throws an Error if there is still a process in one of them. */
export async function removeCgroups(): Promise<void> {
  const cgroups = [CGROUPS, ...foldersOf(CGROUPS)].flatMap(foldersOf).filter((path) => isOfEndedRun(basename(path)))
  for (const cgroup of cgroups.flatMap(withDescendants)) await removeCgroup(cgroup)
}

function isOfEndedRun(name: string): boolean {
  if (!name.startsWith(PREFIX)) return false
  const pid = name.slice(PREFIX.length)
  return pid === String(process.pid) || !existsSync(`/proc/${pid}`)
}

async function removeCgroup(path: string): Promise<void> {
  for (let waited = 0; waited < 5000; waited += 50) {
    try {
      rmdirSync(path)
      return
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOENT') return
      if (code !== 'EBUSY') throw error
      await sleep(50)
    }
  }
  throw new Error(`the cgroup ${path} cannot be removed: there is a process in it`)
}

/** The deepest first. */
function withDescendants(folder: string): string[] {
  return [...foldersOf(folder).flatMap(withDescendants), folder]
}

function foldersOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name))
}
