import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** A network namespace that lives as long as its holder, which ends with the process that made it. */
export interface Netns {
  /** `/proc/<pid>/ns/net` of the holder, as `ctr run --cni` gives it. */
  readonly path: string
  /** Runs a command as the plugin is run: on the host, where it may enter the netns. */
  readonly onHost: (command: readonly string[], options?: RunOptions) => Ran
  /** Runs a command inside the netns. */
  readonly inside: (command: readonly string[], options?: RunOptions) => Ran
  /** The command line that {@link onHost} runs. */
  readonly hostCommand: (command: readonly string[]) => readonly [string, ...string[]]
  readonly insideCommand: (command: readonly string[]) => readonly [string, ...string[]]
  readonly close: () => Promise<void>
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly input?: string | Uint8Array
}

export interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A command that takes longer is stuck. */
const TIMEOUT_MS = 480_000
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024

export const isRoot = process.getuid?.() === 0

/**
 * Makes a network namespace; without root, in a new user namespace, or in that of `host`, which
 * stands for the host's. Throws an Error that says what is missing if neither is allowed.
 */
export async function createNetns(host?: Netns): Promise<Netns> {
  const userns = isRoot || host !== undefined ? [] : ['--user', '--map-root-user']
  // cat ends when its stdin closes: with this process, in whatever way that ends.
  const unshare = ['unshare', ...userns, '--net', '--', 'cat']
  const [file = '', ...args] = host?.insideCommand(unshare) ?? unshare
  const holder = spawn(file, args, { stdio: ['pipe', 'ignore', 'pipe'] })
  const path = `/proc/${holder.pid}/ns/net`
  await waitUntilMade(holder)
  const target = ['--target', String(holder.pid)]
  const user = isRoot ? [] : ['--user', '--preserve-credentials']
  const hostCommand = (command: readonly string[]): [string, ...string[]] =>
    isRoot ? ([...command] as [string, ...string[]]) : ['nsenter', ...target, ...user, '--', ...command]
  const insideCommand = (command: readonly string[]): [string, ...string[]] => [
    'nsenter',
    ...target,
    ...user,
    '--net',
    '--',
    ...command,
  ]
  return {
    path,
    hostCommand,
    insideCommand,
    onHost: (command, options) => run(hostCommand(command), options),
    inside: (command, options) => run(insideCommand(command), options),
    close: () => end(holder),
  }
}

/** Adds a veth pair to a netns, so that it has an interface `ifName`; needs the command `ip`. */
export function addVeth(netns: Netns, ifName = 'eth0'): void {
  const { status, stderr } = netns.inside(['ip', 'link', 'add', ifName, 'type', 'veth', 'peer', 'name', `${ifName}p`])
  if (status !== 0) throw new Error(`ip link add ${ifName} type veth: ${stderr}`)
}

/** The value of a sysctl in a netns, without its newline. */
export function readSysctl(netns: Netns, path: string): string {
  const { status, stdout, stderr } = netns.inside(['cat', path])
  if (status !== 0) throw new Error(stderr)
  return stdout.replace(/\n$/, '')
}

export function run(command: readonly [string, ...string[]], { env, input = '' }: RunOptions = {}): Ran {
  const [file, ...args] = command
  const { status, stdout, stderr, error } = spawnSync(file, args, {
    input,
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT_BYTES,
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
    env: { ...process.env, ...env },
  })
  if (error !== undefined && (error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
  return { status, stdout, stderr }
}

/** When the holder has become cat, it has made its netns and has the right user there. */
async function waitUntilMade(holder: ChildProcess): Promise<void> {
  let stderr = ''
  holder.stderr?.on('data', (text) => {
    stderr += text
  })
  for (let waited = 0; waited < 5000; waited += 5) {
    if (holder.exitCode !== null) break
    if (nameOf(holder.pid) === 'cat') return
    await sleep(5)
  }
  holder.kill('SIGKILL')
  throw new Error(
    `no network namespace can be made here: ${stderr.trim() || 'unshare did not answer'}\n` +
      'Run as root, or as a user who may make user namespaces (sysctl kernel.unprivileged_userns_clone=1; on Ubuntu 24.04 ' +
      'kernel.apparmor_restrict_unprivileged_userns=0).',
  )
}

function nameOf(pid: number | undefined): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd()
  } catch {
    return undefined
  }
}

async function end(holder: ChildProcess): Promise<void> {
  if (holder.exitCode !== null || holder.signalCode !== null) return
  const ended = new Promise((resolve) => holder.once('exit', resolve))
  holder.kill('SIGKILL')
  await ended
}
