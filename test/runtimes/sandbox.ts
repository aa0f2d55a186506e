import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { CGROUP_OF_RUN, removeCgroups } from '../helpers/cgroups.ts'

/** Exists only in a sandbox. */
export const SANDBOX_MARK = '/run/netns-sysctl-sandbox'

/** The environment variable that names the parent of all cgroups of a sandbox. */
export const CGROUP_PARENT = 'SANDBOX_CGROUP_PARENT'

/** A test run takes about two minutes; on a busy machine several. */
const LIMIT_MS = 900_000

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
  /** Empty if the output is shown. */
  readonly stdout: string
}

/**
 * Runs a command in its own namespaces, where it may start container runtimes: what they start, mount and write is
 * gone when it ends, in any way. The host's sysctls, its processes and its /run, /etc, /opt and /var/lib
 * cannot be changed.
 */
export async function runInSandbox(
  command: readonly string[],
  { env = {}, isShown = true }: { readonly env?: NodeJS.ProcessEnv; readonly isShown?: boolean } = {},
): Promise<Sandboxed> {
  const sandbox = spawn('setpriv', [...UNSHARE, 'sh', join(import.meta.dirname, 'sandbox.sh'), ...command], {
    stdio: ['ignore', isShown ? 'inherit' : 'pipe', 'inherit'],
    env: { ...process.env, ...env, SANDBOX_MARK, [CGROUP_PARENT]: CGROUP_OF_RUN },
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
