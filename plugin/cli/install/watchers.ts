import { catchOsError, type Os, OsError } from '../../os/os.ts'
import { OWN_TYPE } from '../own-type.ts'
import { isWatched } from './watch/guard.ts'

/** The watchers that work in these folders, and how to end them; undefined if there are none. */
export function describeWatcher(os: Os, folders: readonly string[]): string | undefined {
  const watched = folders.filter((folder) => isWatched(os, folder))
  if (watched.length === 0) return undefined
  const found = findProcesses(os)
  const what = `a watcher (install --watch) is at work in ${watched.join(', ')}`
  if (found.length === 0) {
    return `${what}, in a container that cannot be seen from here: delete its DaemonSet, or stop its container`
  }
  const each = found.map(({ pid, remedy }) => `process ${pid} (${remedy})`)
  return `${what}: ${each.join(', ')}`
}

interface WatcherProcess {
  readonly pid: number
  /** How to end it for good. */
  readonly remedy: string
}

/** The processes that were started as `netns-sysctl install --watch`. */
function findProcesses(os: Os): WatcherProcess[] {
  const entries = catchOsError(() => os.list('/proc'))
  if (entries instanceof OsError) return []
  const pids = entries.flatMap(({ name }) => (/^\d+$/.test(name) ? Number(name) : []))
  return pids
    .sort((a, b) => a - b)
    .filter((pid) => {
      const [program = '', ...words] = readIn(os, pid, 'cmdline').split('\0')
      return program.includes(OWN_TYPE) && words.includes('install') && words.includes('--watch')
    })
    .map((pid) => ({ pid, remedy: remedyOf(pid, readIn(os, pid, 'cgroup')) }))
}

/** By its control group: the program that has started it would start it again. */
function remedyOf(pid: number, cgroup: string): string {
  if (cgroup.includes('kubepods')) return 'in a pod: delete its DaemonSet'
  const container = /\b[0-9a-f]{64}\b/.exec(cgroup)?.[0].slice(0, 12)
  if (container !== undefined) return `stop the container ${container}`
  const service = /\/system\.slice\/([^/\n]+\.service)/.exec(cgroup)?.[1]
  return service === undefined ? `kill ${pid}` : `systemctl stop ${service}`
}

function readIn(os: Os, pid: number, name: string): string {
  // A process that has just ended.
  const text = catchOsError(() => os.readFile(`/proc/${pid}/${name}`))
  return text instanceof OsError ? '' : text
}
