import type { Machine } from './cli.ts'
import type { FakeFile, FakeFiles } from './fake-os.ts'
import type { FakeSocket } from './fake-sockets.ts'

/** A container of a fake node. */
export interface FakeContainer {
  /** Its id; its netns is /run/netns/ID. */
  readonly id: string
  readonly pid: number
  /** `namespace/name`, of Kubernetes. */
  readonly pod?: string
  /** The name of its process. */
  readonly comm?: string
  readonly executable?: string
  readonly somaxconn?: number
  readonly sockets?: readonly FakeSocket[]
  /** The plugin's entry in its conflist. */
  readonly entry?: Readonly<Record<string, unknown>>
  readonly overflows?: number
  /** False if libcni's cache does not have it. */
  readonly isCached?: boolean
}

/** The files and namespaces of a node that runs these containers, each with one process. */
export function nodeWith(containers: readonly FakeContainer[], more: Machine = {}): Machine {
  const paths = new Map(containers.map((each) => [each, `/run/netns/${each.id}`]))
  const pathOf = (container: FakeContainer) => paths.get(container) as string
  return {
    ...more,
    netns: {
      ...Object.fromEntries(containers.map((each) => [pathOf(each), filesInside(each)])),
      ...more.netns,
    },
    netnsIds: {
      '/proc/1/ns/net': 'host',
      ...Object.fromEntries(containers.map((each) => [`/proc/${each.pid}/ns/net`, pathOf(each)])),
      ...more.netnsIds,
    },
    sockets: { ...Object.fromEntries(containers.map((each) => [pathOf(each), each.sockets ?? []])), ...more.sockets },
    files: {
      '/proc/1/comm': 'init\n',
      ...Object.assign({}, ...containers.map((each) => filesOf(each, pathOf(each)))),
      ...more.files,
    },
  }
}

function filesInside({ somaxconn = 4096, overflows = 0 }: FakeContainer): FakeFiles {
  const names = 'TcpExt: SyncookiesSent ListenOverflows ListenDrops'
  return {
    '/proc/sys/net/core/somaxconn': `${somaxconn}\n`,
    '/proc/thread-self/net/netstat': `${names}\nTcpExt: 0 ${overflows} ${overflows}\nIpExt: InNoRoutes\nIpExt: 0\n`,
  }
}

function filesOf(container: FakeContainer, netns: string): FakeFiles {
  const { id, pid, comm = 'server', executable = `/usr/bin/${comm}`, sockets = [], isCached = true } = container
  const open = sockets.map(({ inode }, index): [string, FakeFile] => [
    `/proc/${pid}/fd/${index + 3}`,
    { text: `socket:[${inode}]`, kind: 'link' },
  ])
  return {
    [netns]: '',
    [`/proc/${pid}/comm`]: `${comm}\n`,
    [`/proc/${pid}/exe`]: { text: executable, kind: 'link' },
    [`/proc/${pid}/fd/0`]: { text: '/dev/null', kind: 'link' },
    ...Object.fromEntries(open),
    ...(isCached && { [`/var/lib/cni/results/net1-${id}-eth0`]: formatCached(container, netns) }),
  }
}

/** A file of libcni's cache, as libcni/api.go writes it. */
function formatCached({ id, pod, entry }: FakeContainer, netns: string): string {
  const plugins = [{ type: 'bridge' }, ...(entry === undefined ? [] : [{ type: 'netns-sysctl', ...entry }])]
  const config = { cniVersion: '1.0.0', name: 'net1', plugins }
  const [namespace, name] = pod?.split('/') ?? []
  return JSON.stringify({
    kind: 'cniCacheV1',
    containerId: id,
    config: Buffer.from(JSON.stringify(config)).toString('base64'),
    ifName: 'eth0',
    networkName: 'net1',
    netns,
    ...(pod !== undefined && {
      cniArgs: [
        ['IgnoreUnknown', '1'],
        ['K8S_POD_NAMESPACE', namespace],
        ['K8S_POD_NAME', name],
      ],
    }),
    result: { cniVersion: '1.0.0' },
  })
}
