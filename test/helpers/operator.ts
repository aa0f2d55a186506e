import { copyFileSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EXECUTABLE } from './executable.ts'
import { isRoot, type Netns, type Ran, run } from './netns.ts'

/** Variables that a container runtime sets, and a person's shell does not. */
const NO_RUNTIME = { CNI_COMMAND: undefined, NO_COLOR: undefined }

export interface TypeOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly executable?: string
  /** Who types it: without root, they own the netns. */
  readonly at?: Netns
}

/** Runs the executable with the arguments that a person types. */
export function type(args: readonly string[], { env, executable = EXECUTABLE, at }: TypeOptions = {}): Ran {
  const words = [executable, ...args] as const
  const options = { env: { ...NO_RUNTIME, ...env } }
  return at === undefined ? run(words, options) : at.onHost(words, options)
}

/** Runs the executable as a user who has no capability. */
export function typeUnprivileged(args: readonly string[]): Ran {
  const options = { env: NO_RUNTIME }
  if (!isRoot) return run([EXECUTABLE, ...args], options)
  const user = ['--reuid=65534', '--regid=65534', '--clear-groups', '--inh-caps=-all']
  return run(['setpriv', ...user, '--', publicCopy(), ...args], options)
}

/** Runs the executable on a pseudo-terminal (script(1)); returns what it has shown. */
export function typeOnTerminal(args: readonly string[], env: TypeOptions['env'] = {}): Ran {
  const command = [EXECUTABLE, ...args].map((word) => `'${word}'`).join(' ')
  const terminal = { ...NO_RUNTIME, TERM: 'xterm', ...env }
  const ran = run(['script', '--quiet', '--return', '--command', command, '/dev/null'], { env: terminal })
  return { ...ran, stdout: ran.stdout.replaceAll('\r\n', '\n') }
}

/** A folder of a test's own, removed at the end of the test run. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'operator-'))
}

let copy: string | undefined

/** The project may be in a folder that only root can read. */
function publicCopy(): string {
  if (copy === undefined) {
    // Its own: a file that another worker still writes cannot be run (ETXTBSY).
    copy = join(tmpdir(), `netns-sysctl-public-${process.pid}`)
    copyFileSync(EXECUTABLE, copy)
  }
  return copy
}
