import { catchOsError, type Os, OsError } from '../../os/os.ts'
import { CliError } from '../cli-error.ts'
import { wordError } from '../errors.ts'
import { type Container, listContainers } from '../node/containers.ts'

/** The chosen containers; all if none is named. */
export interface Choice {
  /** Of network namespaces. */
  readonly paths: readonly string[]
  /** Of Kubernetes. */
  readonly namespaces: readonly string[]
}

/** The chosen containers, pods first. Throws CliError for a path that is not a netns; OsError. */
export function chooseContainers(os: Os, { paths, namespaces }: Choice): Container[] {
  const all = listContainers(os)
  const named = paths.map((path) => ({ path, id: readId(os, path) }))
  const ids = new Set(named.map(({ id }) => id))
  // Namespaces without a process and without a name in the usual folders.
  const unknown = named.filter(({ id }) => !all.some((container) => container.id === id))
  const candidates = [...all, ...unknown.map(toContainer)]
  return candidates
    .filter(({ id, isHost, pod }) => {
      if (paths.length > 0 ? !ids.has(id) : isHost) return false
      return namespaces.length === 0 || (pod !== undefined && namespaces.includes(pod.namespace))
    })
    .sort(comparePods)
}

function readId(os: Os, path: string): string {
  const netns = catchOsError(() => os.openNetns(path))
  if (!(netns instanceof OsError)) {
    os.close(netns)
    return netns.id
  }
  const pid = /^\/proc\/(\d+)\/ns\/net$/.exec(path)?.[1]
  if (pid !== undefined && netns.errno === 'ENOENT') throw new CliError(`there is no process ${pid}`)
  if (netns.errno === 'EINVAL') throw new CliError(`${path}: is not a network namespace`)
  throw new CliError(wordError(netns))
}

function toContainer({ path, id }: { readonly path: string; readonly id: string }): Container {
  return { id, path, name: undefined, pids: [], containerId: undefined, pod: undefined, attachments: [], isHost: false }
}

function comparePods(a: Container, b: Container): number {
  const [left, right] = [a, b].map(({ pod }) => (pod === undefined ? '\uffff' : `${pod.namespace}/${pod.name}`))
  return left === right ? 0 : (left ?? '') < (right ?? '') ? -1 : 1
}
