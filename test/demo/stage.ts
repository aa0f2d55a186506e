import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { addVeth, createNetns, type Netns, type Ran, readSysctl, run } from '../helpers/netns.ts'
import type { Chain, Wanted } from './chain.ts'
import { formatRequest, madeUpResult } from './chain.ts'

export const ROOT = join(import.meta.dirname, '../..')

/** Relative to {@link ROOT}, as it is shown. */
export const PLUGIN = 'dist/netns-sysctl'

const EXECUTABLE = join(ROOT, PLUGIN)

/** What a container runtime has when it runs a chain for a container. */
export interface Stage {
  readonly netns: Netns
  /** `eth0`, one end of a veth pair; `lo` where the command `ip` is missing. */
  readonly ifName: string
  readonly chain: Chain
  readonly prevResult: object
  /** A folder of the demonstration's own, for the plugin's undo records. */
  readonly folder: string
}

export type Command = 'ADD' | 'CHECK' | 'DEL'

/** Throws an Error that says what is missing if no network namespace can be made. */
export async function setStage(chain: Chain): Promise<Stage> {
  for (const tool of ['unshare', 'nsenter']) {
    if (spawnSync(tool, ['--version']).error !== undefined) {
      throw new Error(`The command ${tool} is missing; it is in the package util-linux.`)
    }
  }
  const netns = await createNetns()
  const ifName = tryAddVeth(netns) ? 'eth0' : 'lo'
  const folder = mkdtempSync(join(tmpdir(), 'netns-sysctl-demo-'))
  return { netns, ifName, chain, prevResult: madeUpResult(chain, ifName, netns.path), folder }
}

/** Removes everything. */
export async function clearStage({ netns, folder }: Stage): Promise<void> {
  await netns.close()
  rmSync(folder, { recursive: true, force: true })
}

/** Runs the plugin on the host, as libcni does for an attachment of a container. */
export function runPlugin({ netns, ifName, chain, prevResult, folder }: Stage, command: Command): Ran {
  const env = environment(command, ifName, netns.path)
  return netns.onHost([EXECUTABLE], { env, input: formatRequest(chain, dataDirIn(folder), prevResult) })
}

/** ADD of another container, with another netns as the node. */
export function runInstead(
  { ifName, prevResult, folder }: Stage,
  { netns, chain, host }: { readonly netns: Netns; readonly chain: Chain; readonly host: Netns },
): Ran {
  const env = environment('ADD', ifName, netns.path)
  return host.inside([EXECUTABLE], { env, input: formatRequest(chain, dataDirIn(folder), prevResult) })
}

/** DEL as containerd sends it after the container is gone: CNI_NETNS is empty, and there is no prevResult. */
export function runLateDel({ ifName, chain, folder }: Stage): Ran {
  const input = formatRequest(chain, dataDirIn(folder), undefined)
  return run([EXECUTABLE], { env: environment('DEL', ifName, ''), input })
}

function dataDirIn(folder: string): string {
  return join(folder, 'records')
}

function environment(command: Command, ifName: string, netns: string): Record<string, string> {
  return {
    CNI_COMMAND: command,
    CNI_CONTAINERID: 'netns-sysctl-demo',
    CNI_NETNS: netns,
    CNI_IFNAME: ifName,
    CNI_ARGS: '',
    CNI_PATH: dirname(EXECUTABLE),
  }
}

/** The values in the netns, in the order given; undefined for a sysctl that is absent. */
export function readValues(netns: Netns, sysctls: readonly Wanted[]): (string | undefined)[] {
  return sysctls.map(({ path }) => {
    try {
      return readSysctl(netns, path)
    } catch {
      return undefined
    }
  })
}

/** The length of the accept queue of a new server in the netns that asks for `backlog`. */
export function measureAcceptQueue(netns: Netns, backlog: number): number {
  const script = join(import.meta.dirname, 'accept-queue.ts')
  const command = [process.execPath, '--disable-warning=ExperimentalWarning', script, String(backlog)]
  const { status, stdout, stderr } = netns.inside(command)
  if (status !== 0) throw new Error(`a server in the network namespace failed: ${stderr}`)
  return Number(stdout)
}

function tryAddVeth(netns: Netns): boolean {
  try {
    addVeth(netns)
    return true
  } catch {
    return false
  }
}
