import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { CACHE } from './cache.ts'

/** What came of a command. */
export interface Step {
  /** Null if a signal has ended it. */
  readonly status: number | null
  /** stdout and stderr as they came. */
  readonly output: string
  readonly seconds: number
}

/** Or mount(8) makes the folder /run/mount of this machine. */
const LIBMOUNT_UTAB = join(CACHE, 'utab')

/** The tests take minutes, and longer on a busy machine. */
const LONGEST_MS = 45 * 60_000

const NAMESPACES = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc']

/**
 * Runs a command in mount and pid namespaces of its own, and in `more`. It ends with this process, however that ends, and
 * everything that it has started and mounted with it.
 */
export function execute(
  more: readonly string[],
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Step> {
  const started = Date.now()
  const args = ['--pdeathsig', 'KILL', 'unshare', ...NAMESPACES, ...more, ...command]
  const child = spawn('setpriv', args, { env: { ...env, LIBMOUNT_UTAB }, stdio: ['ignore', 'pipe', 'pipe'] })
  // unshare ignores every other signal while its child runs.
  const kill = () => child.kill('SIGKILL')
  const limit = setTimeout(kill, LONGEST_MS)
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, kill)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (status) => {
      clearTimeout(limit)
      for (const signal of signals) process.off(signal, kill)
      resolve({ status, output, seconds: Math.round((Date.now() - started) / 1000) })
    })
  })
}
