import { runCli } from '../../plugin/cli/cli.ts'
import { main } from '../../plugin/main.ts'
import type { Os } from '../../plugin/os/os.ts'
import type { Typed } from './cli.ts'
import { createState, type FakeState } from './fake-machine.ts'
import { createFakeOs, type FakeFiles, type FakeMachine, HOST, usualHost, usualNetns } from './fake-os.ts'
import { type Answered, envOf, formatConf, NODE_FILES } from './requests.ts'

/** The path of the network's conflist, and of its text in libcni's cache. */
export const CONFLIST = '/etc/cni/net.d/10-net1.conflist'

export const netnsOf = (id: string) => `/run/netns/${id}`

type Members = Readonly<Record<string, unknown>>

/** A conflist with a network plugin and the plugin's entries. */
export function conflist(...entries: readonly Members[]): string {
  const own = entries.map((entry) => ({ type: 'netns-sysctl', ...entry }))
  return JSON.stringify({ cniVersion: '1.0.0', name: 'net1', plugins: [{ type: 'bridge' }, ...own] })
}

export interface CachedOptions {
  readonly config: string
  readonly args?: readonly (readonly [string, string])[]
  readonly capabilityArgs?: Members
  readonly netns?: string
}

/** The text of a file in libcni's cache. */
export function cacheText(
  id: string,
  { config, args = [], capabilityArgs = {}, netns = netnsOf(id) }: CachedOptions,
): string {
  return JSON.stringify({
    kind: 'cniCacheV1',
    containerId: id,
    config: Buffer.from(config).toString('base64'),
    ifName: 'eth0',
    networkName: 'net1',
    netns,
    cniArgs: args,
    capabilityArgs,
  })
}

export const podArgs = (namespace: string, name: string) =>
  [
    ['K8S_POD_NAMESPACE', namespace],
    ['K8S_POD_NAME', name],
  ] as const

/** A node in memory, to which containers can be added. */
export interface FakeNode {
  /** What a runtime does for a container: stores it in its cache, and runs the ADD of the entry of `config`. */
  readonly add: (id: string, options: CachedOptions & { readonly container?: FakeFiles }) => void
  /** A request as the runtime sends it, with the configuration that it has stored. */
  readonly ask: (command: string, id: string, entry: Members) => Answered
  readonly type: (...args: readonly string[]) => Typed
  /** The same on an operating system on which something fails. */
  readonly typeOn: (wrap: (os: Os) => Os, ...args: readonly string[]) => Typed
  readonly put: (path: string, text: string) => void
  readonly remove: (path: string) => void
  readonly set: (id: string, path: string, text: string) => void
  readonly textOf: (id: string, path: string) => string | undefined
  readonly state: FakeState
}

/** A node whose conflist in force has these entries. */
export function fakeNode(...entries: readonly Members[]): FakeNode {
  const files = {
    ...NODE_FILES,
    [CONFLIST]: conflist(...entries),
    '/opt/cni/bin/netns-sysctl': 'x',
    '/proc/self/exe': 'x',
  }
  const state = createState({ netns: { [HOST]: usualHost() }, files })
  const ask: FakeNode['ask'] = (command, id, entry) => {
    const stdin = formatConf({ cniVersion: '1.0.0', ...entry })
    const machine: FakeMachine = {
      state,
      stdin,
      env: { ...envOf(command), CNI_CONTAINERID: id, CNI_NETNS: netnsOf(id) },
    }
    const os = createFakeOs(machine)
    const exitCode = main(os, runCli)
    return { exitCode, stdout: os.stdout(), answer: os.stdout() === '' ? undefined : JSON.parse(os.stdout()), os }
  }
  const typeOn: FakeNode['typeOn'] = (wrap, ...args) => {
    const os = createFakeOs({ args, state, netns: { [HOST]: {} } })
    const exitCode = main(wrap(os), runCli)
    return { exitCode, stdout: os.stdout(), stderr: os.stderr(), os }
  }
  return {
    add(id, { container, ...options }) {
      createState({
        state,
        netns: { [netnsOf(id)]: usualNetns(container) },
        files: { [`/var/lib/cni/results/net1-${id}-eth0`]: cacheText(id, options) },
      })
      const { plugins } = JSON.parse(options.config) as { plugins: Members[] }
      for (const entry of plugins) {
        if (entry.type !== 'netns-sysctl') continue
        const { exitCode, stdout } = ask('ADD', id, entry)
        if (exitCode !== 0) throw new Error(stdout)
      }
    },
    ask,
    type: (...args) => typeOn((os) => os, ...args),
    typeOn,
    put: (path, text) => state.shared.set(path, { text }),
    remove: (path) => state.shared.delete(path),
    set(id, path, text) {
      const tree = state.trees.get(netnsOf(id))
      const file = tree?.get(path)
      tree?.set(path, { ...file, text: `${text}\n` })
    },
    textOf: (id, path) => state.trees.get(netnsOf(id))?.get(path)?.text.replace(/\n$/, ''),
    state,
  }
}
