import { runCli } from '../../plugin/cli/cli.ts'
import { main } from '../../plugin/main.ts'
import { createFakeOs, type FakeFiles, type FakeMachine, type FakeOs, HOST, usualHost, usualNetns } from './fake-os.ts'
import { NODE_FILES } from './requests.ts'

/** Sysctls of the whole node, which exist only in the host's netns, or can be set only there. */
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
  /** Changed files of the host's netns. */
  readonly host?: FakeFiles
  /** Changed files of a new netns; null if none can be made, as without root. */
  readonly fresh?: FakeFiles | null
}

/** Runs main() with the arguments that a person types, as root on a usual node. */
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

/** The files of a new network namespace: the usual ones without eth0. */
export function newNetns(changes: FakeFiles = {}): FakeFiles {
  const files = Object.entries(usualNetns()).filter(([path]) => !path.includes('/eth0/'))
  const links = 'Inter-|   Receive\n face |bytes\n    lo: 0 0\n'
  return { ...Object.fromEntries(files), '/proc/thread-self/net/dev': links, ...changes }
}
