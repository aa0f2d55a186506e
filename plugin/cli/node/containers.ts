import { catchOsError, type Os, OsError } from '../../os/os.ts'
import { type CachedAttachment, listCache } from './cache.ts'
import { listNetnses, type NodeNetns, readNetnsId } from './netnses.ts'

/** A container or a pod's sandbox: a netns, and what is known about it. */
export interface Container extends NodeNetns {
  /** The runtime's ID; undefined if unknown. */
  readonly containerId: string | undefined
  readonly pod: { readonly namespace: string; readonly name: string } | undefined
  /** Its attachments in libcni's cache. */
  readonly attachments: readonly CachedAttachment[]
  /** Whether it is the node's own netns, which is not a container. */
  readonly isHost: boolean
}

/**
 * Every netns of the node and the node's own, with its data from libcni's cache, or else from the control group of its
 * first process. Throws OsError.
 */
export function listContainers(os: Os, cached: readonly CachedAttachment[] = listCache(os)): Container[] {
  const own = os.ownNetnsId()
  const netnses = listNetnses(os)
  const host = readNetnsId(os, '/proc/1/ns/net') ?? own
  const byId = new Map<string, CachedAttachment[]>()
  for (const attachment of cached) {
    const id = attachment.netns === '' ? undefined : readNetnsId(os, attachment.netns)
    // The process number of a removed container may belong to another process by now, on the node.
    if (id === undefined || id === host) continue
    byId.set(id, [...(byId.get(id) ?? []), attachment])
  }
  return netnses.map((netns): Container => {
    const attachments = byId.get(netns.id) ?? []
    const [first] = attachments
    const isHost = netns.id === host || netns.id === own
    const containerId = first?.containerId ?? (isHost ? undefined : readContainerId(os, netns.pids))
    return { ...netns, containerId, pod: findPod(attachments), attachments, isHost }
  })
}

function findPod(attachments: readonly CachedAttachment[]): Container['pod'] {
  return attachments.map(podOf).find((pod) => pod !== undefined)
}

/** The pod in CNI_ARGS, as CRI runtimes set them. */
export function podOf({ args }: Pick<CachedAttachment, 'args'>): Container['pod'] {
  const [namespace, name] = [args.get('K8S_POD_NAMESPACE'), args.get('K8S_POD_NAME')]
  return namespace && name ? { namespace, name } : undefined
}

/** Docker, podman, containerd and CRI-O have 64 digits in the name of the control group. */
function readContainerId(os: Os, [pid]: readonly number[]): string | undefined {
  if (pid === undefined) return undefined
  const text = catchOsError(() => os.readFile(`/proc/${pid}/cgroup`))
  return text instanceof OsError ? undefined : text.match(/\b[0-9a-f]{64}\b/g)?.at(-1)
}

/** The short form of an ID, as docker ps and crictl ps show it. */
const SHORT_ID = 12

type Named = Pick<Container, 'pod' | 'containerId' | 'name' | 'pids' | 'path'>

/** A container's name in messages: `namespace/pod`, its short ID, or a path. */
export function formatContainer({ pod, containerId, name, pids, path }: Named): string {
  if (pod !== undefined) return `${pod.namespace}/${pod.name}`
  if (containerId !== undefined) return containerId.slice(0, SHORT_ID)
  return name ?? (pids[0] === undefined ? path : `process ${pids[0]}`)
}
