import { catchOsError, type Os, OsError } from '../../os/os.ts'
import { findServer, type KnownServer } from './servers.ts'

/** The process that listens. */
export interface Process {
  readonly pid: number
  readonly name: string
  readonly server: KnownServer | undefined
}

/**
 * The first process that has a socket open, by the sockets' inodes. Sockets without a process in `pids`, or unreadable ones,
 * are left out. Stops when all are found.
 */
export function findOwners(os: Os, pids: readonly number[], inodes: readonly number[]): Map<number, Process> {
  const wanted = new Set(inodes)
  const owners = new Map<number, Process>()
  for (const pid of pids) {
    if (wanted.size === 0) break
    for (const inode of listSockets(os, pid)) if (wanted.delete(inode)) owners.set(inode, readProcess(os, pid))
  }
  return owners
}

function listSockets(os: Os, pid: number): number[] {
  const folder = `/proc/${pid}/fd`
  // A process that has just ended.
  const entries = catchOsError(() => os.list(folder))
  if (entries instanceof OsError) return []
  return entries.flatMap(({ name }) => {
    const target = catchOsError(() => os.readLink(`${folder}/${name}`))
    const inode = target instanceof OsError ? undefined : /^socket:\[(\d+)\]$/.exec(target)?.[1]
    return inode === undefined ? [] : Number(inode)
  })
}

function readProcess(os: Os, pid: number): Process {
  const comm = catchOsError(() => os.readFile(`/proc/${pid}/comm`).replace(/\n$/, ''))
  const link = catchOsError(() => os.readLink(`/proc/${pid}/exe`))
  // The executable was replaced while it runs.
  const executable = link instanceof OsError ? undefined : link.replace(/ \(deleted\)$/, '').replace(/^.*\//, '')
  const threadName = comm instanceof OsError ? undefined : comm
  // Node.js calls its main thread MainThread.
  const isThread = threadName === undefined || /MainThread$/.test(threadName)
  const names = [threadName, executable].filter((name) => name !== undefined)
  return { pid, name: (isThread ? executable : threadName) ?? '?', server: findServer(names) }
}
