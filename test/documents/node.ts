import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { release } from 'node:os'
import { callPlugin, EXECUTABLE } from '../helpers/executable.ts'
import { addVeth, createNetns, type Netns } from '../helpers/netns.ts'
import { cacheText, podArgs } from '../helpers/node-state.ts'

/** The place where the commands of a document run. */
export interface Stage {
  readonly cwd?: string
  /** A process in whose network namespace they run. */
  readonly pid?: number
  /** Texts of the document for things that differ here: process ids, the kernel's release. */
  readonly names?: Readonly<Record<string, string>>
}

/** The user's home, empty in each sandbox. */
export const HOME = '/run/home'

const BIN_DIR = '/opt/cni/bin'
const CONF_DIR = '/etc/cni/net.d'
const CACHE_DIR = '/var/lib/cni/results'

/** The kernel on which the documents' commands were run. */
const KERNEL = '6.18.44'

/** A node with the plugin's executable, and no network. */
export function prepareNode(): Stage {
  copyPlugin(BIN_DIR)
  return { cwd: HOME, names: { [KERNEL]: release(), [NOT_THERE]: NOT_THERE_IN_SANDBOX } }
}

export function copyPlugin(folder: string): void {
  copyFileSync(EXECUTABLE, `${folder}/netns-sysctl`)
  chmodSync(`${folder}/netns-sysctl`, 0o755)
}

// A sandbox is in its own network namespace, which the plugin reports.
const NOT_THERE = `does not exist on Linux ${KERNEL};`
const NOT_THERE_IN_SANDBOX = `does not exist here on Linux ${KERNEL}; this node is itself in a network namespace, as with kind, so it cannot be seen whether the machine below has it;`

/** A network of Flannel, with these entries of the plugin. */
export function prepareFlannel(...entries: readonly Entry[]): Stage {
  const flannel = { type: 'flannel', delegate: { hairpinMode: true, isDefaultGateway: true } }
  const own = entries.map((entry) => ({ type: 'netns-sysctl', ...entry }))
  writeConflist('10-flannel.conflist', { name: 'cbr0', cniVersion: '0.3.1', plugins: [flannel, ...own] })
  return {}
}

/** Writes a file into the folder of the node's networks. */
export function writeConflist(name: string, content: object | string): void {
  writeFileSync(`${CONF_DIR}/${name}`, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`)
}

/** An entry of the plugin as it stands in a conflist. */
export type Entry = Readonly<Record<string, unknown>>

/** The conflist of a network named web, with a bridge and these entries. */
export function webConflist(...entries: readonly Entry[]): object {
  const own = entries.map((entry) => ({ type: 'netns-sysctl', ...entry }))
  return { cniVersion: '1.0.0', name: 'web', plugins: [{ type: 'bridge', bridge: 'cni0' }, ...own] }
}

/** The runtime's work for a pod of the network web: a netns, its entry in libcni's cache, and ADD of each entry. */
export async function startPod(
  namespace: string,
  name: string,
  id: string,
  ...entries: readonly Entry[]
): Promise<Netns> {
  const netns = await createNetns()
  addVeth(netns)
  netns.inside(['ip', 'link', 'set', 'lo', 'up'])
  const args = podArgs(namespace, name)
  const config = JSON.stringify(webConflist(...entries))
  mkdirSync(CACHE_DIR, { recursive: true })
  const cached = cacheText(id, { config, args, netns: netns.path }).replace('"net1"', '"web"')
  writeFileSync(`${CACHE_DIR}/web-${id}-eth0`, cached)
  for (const entry of entries) {
    const conf = { cniVersion: '1.0.0', name: 'web', dataDir: undefined, ...entry }
    const env = { CNI_CONTAINERID: id, CNI_ARGS: args.map((pair) => pair.join('=')).join(';') }
    const { status, stdout } = callPlugin(netns, 'ADD', { conf, env })
    if (status !== 0) throw new Error(stdout)
  }
  return netns
}

/** The holder of a netns made by createNetns. */
export function pidOf({ path }: Netns): number {
  return Number(path.split('/')[2])
}
