import type { Os } from '../../os/os.ts'
import { listAttachments, type NodeAttachment } from './attachments.ts'
import { formatContainer, listContainers, podOf } from './containers.ts'
import { type Judgement, judge } from './judge.ts'
import { listNetworks, type Network, type NodeNetwork } from './networks.ts'
import { createPlanner, type Planner } from './planner.ts'

/** One attachment, or a netns without a known attachment, and its state. */
export interface Row extends Judgement {
  /** The container's name for people. */
  readonly name: string
  readonly pod: { readonly namespace: string; readonly name: string } | undefined
  readonly netns: string
  readonly attachment: NodeAttachment | undefined
}

/** The folders of a node. */
export interface Folders {
  readonly cacheDir: string
  readonly confDir: string
}

export interface Node {
  /** Sorted by file name: containerd and CRI-O load the first. */
  readonly networks: readonly NodeNetwork[]
  readonly rows: readonly Row[]
  readonly planner: Planner
}

/** Checks every container of the node. Throws OsError and CniError. */
export function listNode(os: Os, { cacheDir, confDir }: Folders): Node {
  const networks = listNetworks(os, confDir)
  const { cached, attachments } = listAttachments(os, cacheDir, networks)
  const planner = createPlanner(os)
  const judged = attachments.map((attachment): Row => {
    const { netns } = attachment
    return {
      ...nameOf(attachment),
      netns,
      attachment,
      ...judge(os, attachment, networkOf(networks, attachment), planner),
    }
  })
  const known = new Set(judged.map(({ netnsId }) => netnsId))
  const others = listContainers(os, cached).filter(({ id, isHost }) => !isHost && !known.has(id))
  const rows = [...judged.sort(byName), ...others.map(toUnknown)]
  return { networks, rows, planner }
}

/** The current configuration of an attachment's network. */
export function networkOf(networks: readonly NodeNetwork[], attachment: NodeAttachment): Network | undefined {
  return networks.find(({ name }) => name === attachment.network)
}

function nameOf(attachment: NodeAttachment): Pick<Row, 'name' | 'pod'> {
  const pod = podOf(attachment)
  const { containerId, netns } = attachment
  return { pod, name: formatContainer({ pod, containerId, name: undefined, pids: [], path: netns }) }
}

function toUnknown(container: ReturnType<typeof listContainers>[number]): Row {
  const { id: netnsId, path: netns, pod } = container
  const name = formatContainer(container)
  return { name, pod, netns, netnsId, attachment: undefined, state: 'unknown', differences: [] }
}

function byName(a: Row, b: Row): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}
