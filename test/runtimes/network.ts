import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The folder that all runtimes read. */
export const CONF_DIR = '/etc/cni/net.d'
/** A folder for each container, with its records. */
const RECORDS = '/run/cni/netns-sysctl/containers'
const ADDRESSES = '/var/lib/cni/networks'

/** A bridge with host-local addresses, and netns-sysctl chained after it. */
export interface Network {
  readonly name: string
  /** The third number of its addresses, for networks that are there at once. */
  readonly number?: number
  readonly cniVersion?: string
  /** Members of netns-sysctl's entry. */
  readonly entry: Readonly<Record<string, unknown>>
  /** Members of an entry before the network plugin. */
  readonly first?: Readonly<Record<string, unknown>>
  /** The network plugin; bridge by default. */
  readonly main?: 'bridge' | 'ptp'
}

/** Makes these the only networks of the node, by renames: containerd sees those. */
export function installNetworks(...networks: readonly Network[]): void {
  const names = networks.map(({ name }) => `${name}.conflist`)
  for (const network of networks) {
    const path = join(CONF_DIR, `${network.name}.conflist`)
    writeFileSync(`${path}.new`, formatConflist(network))
    renameSync(`${path}.new`, path)
  }
  for (const name of readdirSync(CONF_DIR)) if (!names.includes(name)) rmSync(join(CONF_DIR, name))
}

/** The leftovers of a network's attachments: reserved addresses, undo records. */
export function leftOf({ name }: Network): string[] {
  return [
    ...filesOf(join(ADDRESSES, name)).filter((file) => /^[0-9.]+$/.test(file)),
    ...filesOf(RECORDS).flatMap((id) => filesOf(join(RECORDS, id)).filter((file) => file.startsWith(`${name}@`))),
  ]
}

/** The text that a network's agent writes, without netns-sysctl. */
export interface Template extends Omit<Network, 'entry'> {
  readonly entry?: Network['entry']
  /** The differences from the last time. */
  readonly mtu?: number
}

export function formatConflist(template: Template): string {
  const { name, number = 1, cniVersion = '1.0.0', entry, first, main = 'bridge', mtu } = template
  const network = {
    type: main,
    ...(mtu !== undefined && { mtu }),
    ...(main === 'bridge' && { bridge: `br${number}`, isGateway: true }),
    ipMasq: true,
    ipam: {
      type: 'host-local',
      ranges: [[{ subnet: `10.88.${number}.0/24` }]],
      routes: [{ dst: '0.0.0.0/0' }],
    },
  }
  const before = first === undefined ? [] : [{ type: 'netns-sysctl', first: true, ...first }]
  const after = entry === undefined ? [] : [{ type: 'netns-sysctl', ...entry }]
  const plugins = [...before, network, ...after]
  return JSON.stringify({ cniVersion, name, plugins })
}

function filesOf(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}
