import { runCli } from '../../plugin/cli/cli.ts'
import { main } from '../../plugin/main.ts'
import { createFakeOs, type FakeFiles, type FakeMachine, type FakeOs, HOST, usualHost, usualNetns } from './fake-os.ts'
import { NODE_FILES } from './requests.ts'

/** Sysctls of the whole node, which only the host's netns has, or which can be set only there. */
const OF_NODE: FakeFiles = {
  '/proc/sys/net/core/rmem_max': '212992\n',
}

export interface Typed {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  readonly os: FakeOs
}

export interface Machine extends FakeMachine {
  /** Files of the host's netns that are not as usual. */
  readonly host?: FakeFiles
  /** Files of a new netns that are not as usual; null if none can be made, as for others than root. */
  readonly fresh?: FakeFiles | null
}

/** Runs main() as a person does who types `args`, as root on a usual node. */
export function typed(args: readonly string[], { host, fresh, files, netns, ...machine }: Machine = {}): Typed {
  const os = createFakeOs({
    args,
    netns: { [HOST]: usualHost({ ...OF_NODE, ...host }), ...netns },
    files: { ...NODE_FILES, ...files },
    ...(fresh !== null && { newNetns: newNetns(fresh) }),
    ...machine,
  })
  const exitCode = main(os, runCli)
  return { exitCode, stdout: os.stdout(), stderr: os.stderr(), os }
}

/** What a network namespace starts with: as the usual one, but without an eth0. */
export function newNetns(changes: FakeFiles = {}): FakeFiles {
  const files = Object.entries(usualNetns()).filter(([path]) => !path.includes('/eth0/'))
  const links = 'Inter-|   Receive\n face |bytes\n    lo: 0 0\n'
  return { ...Object.fromEntries(files), '/proc/thread-self/net/dev': links, ...changes }
}
