import { catchOsError, type Os, OsError } from '../../os/os.ts'

/** A network namespace of the node. */
export interface NodeNetns {
  /** "dev:ino" */
  readonly id: string
  /** A path that leads to it. */
  readonly path: string
  /** Its name below /run, where it has one. */
  readonly name: string | undefined
  /** Its processes, in ascending order. */
  readonly pids: readonly number[]
}

/** The folders of named network namespaces: ip-netns(8), containerd, CRI-O and podman, and Docker. */
const NAMED = ['/run/netns', '/var/run/netns', '/run/docker/netns']

/** Every netns that a process is in, or that has a name. Throws OsError without /proc. */
export function listNetnses(os: Os): NodeNetns[] {
  const found = new Map<string, { id: string; path: string; name: string | undefined; pids: number[] }>()
  const add = (path: string, name?: string) => {
    const id = readNetnsId(os, path)
    if (id === undefined) return undefined
    const netns = found.get(id) ?? { id, path, name, pids: [] }
    found.set(id, netns)
    return netns
  }
  for (const folder of NAMED) {
    for (const name of namesIn(os, folder)) add(`${folder}/${name}`, name)
  }
  const pids = os.list('/proc').flatMap(({ name }) => (/^\d+$/.test(name) ? Number(name) : []))
  for (const pid of pids.sort((a, b) => a - b)) add(`/proc/${pid}/ns/net`)?.pids.push(pid)
  return [...found.values()]
}

/** "dev:ino" of the namespace at a path; undefined if there is none, or it may not be read. */
export function readNetnsId(os: Os, path: string): string | undefined {
  const netns = catchOsError(() => os.openNetns(path))
  if (netns instanceof OsError) return undefined
  os.close(netns)
  return netns.id
}

function namesIn(os: Os, folder: string): string[] {
  const entries = catchOsError(() => os.list(folder))
  return entries instanceof OsError ? [] : entries.map(({ name }) => name)
}
