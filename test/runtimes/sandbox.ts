import { spawn } from 'node:child_process'
import { existsSync, readdirSync, rmdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Exists only in a sandbox. */
export const SANDBOX_MARK = '/run/netns-sysctl-sandbox'

/** The environment variable that names the parent of all cgroups of a sandbox. */
export const CGROUP_PARENT = 'SANDBOX_CGROUP_PARENT'

/** A test run takes about two minutes; on a busy machine several. */
const LIMIT_MS = 900_000

const CGROUPS = '/sys/fs/cgroup'
const CGROUP_PREFIX = 'netns-sysctl-test-'

/** Ends with the process that starts it, and everything in it with it. */
const UNSHARE = [
  '--pdeathsig',
  'KILL',
  'unshare',
  '--net',
  '--mount',
  '--pid',
  '--fork',
  '--kill-child',
  '--mount-proc',
] as const

export interface Sandboxed {
  readonly status: number | null
  /** Empty if it is shown. */
  readonly stdout: string
}

/**
 * Runs a command in namespaces of its own, where it may start container runtimes: what they start, mount and write is
 * gone when it ends, however it ends. The host's sysctls, its processes and what is in /run, /etc, /opt and /var/lib
 * are out of its reach.
 */
export async function runInSandbox(
  command: readonly string[],
  { env = {}, isShown = true }: { readonly env?: NodeJS.ProcessEnv; readonly isShown?: boolean } = {},
): Promise<Sandboxed> {
  const sandbox = spawn('setpriv', [...UNSHARE, 'sh', join(import.meta.dirname, 'sandbox.sh'), ...command], {
    stdio: ['ignore', isShown ? 'inherit' : 'pipe', 'inherit'],
    env: { ...process.env, ...env, SANDBOX_MARK, [CGROUP_PARENT]: `/${CGROUP_PREFIX}${process.pid}` },
  })
  // unshare ignores every other signal while its child runs, and takes its child with it.
  const kill = () => sandbox.kill('SIGKILL')
  const limit = setTimeout(kill, LIMIT_MS)
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, kill)
  let stdout = ''
  sandbox.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      sandbox.once('error', reject).once('close', resolve)
    })
    if (status === null) throw new Error('the tests in the sandbox were ended: by a signal, or as they took too long')
    return { status, stdout }
  } finally {
    clearTimeout(limit)
    for (const signal of signals) process.off(signal, kill)
    await removeCgroups()
  }
}

/** Removes the cgroups of this run, and of runs that were killed. Throws where a process stays in one of them. */
async function removeCgroups(): Promise<void> {
  const cgroups = [CGROUPS, ...foldersOf(CGROUPS)].flatMap(foldersOf).filter((path) => isOfEndedRun(basename(path)))
  for (const cgroup of cgroups.flatMap(withDescendants)) await removeCgroup(cgroup)
}

function isOfEndedRun(name: string): boolean {
  if (!name.startsWith(CGROUP_PREFIX)) return false
  const pid = name.slice(CGROUP_PREFIX.length)
  return pid === String(process.pid) || !existsSync(`/proc/${pid}`)
}

async function removeCgroup(path: string): Promise<void> {
  for (let waited = 0; waited < 5000; waited += 50) {
    try {
      rmdirSync(path)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY') throw error
      await sleep(50)
    }
  }
  throw new Error(`the cgroup ${path} cannot be removed: there is a process in it`)
}

/** The deepest first. */
function withDescendants(folder: string): string[] {
  return [...foldersOf(folder).flatMap(withDescendants), folder]
}

function foldersOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name))
}
