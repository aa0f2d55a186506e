import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { EXECUTABLE } from './executable.ts'
import type { NodeFolders } from './node-folders.ts'

/** How long a watcher may take to do something on a busy machine, its own copy of 117 MB included. */
const PATIENCE_MS = 120_000

export interface Watcher {
  readonly pid: number
  /** The folder in which it reports whether it is ready. */
  readonly stateDir: string
  readonly stderr: () => string
  /** Waits until it reports that all is well. */
  readonly ready: () => Promise<void>
  /** Ends it with a signal, and returns its exit code. */
  readonly end: (signal?: NodeJS.Signals) => Promise<number | null>
}

const running = new Set<ChildProcess>()

/** Starts `install --watch` for the folders of a node, with more arguments. */
export function startWatcher({ binDir, confDir }: NodeFolders, args: readonly string[], state = 'state'): Watcher {
  const stateDir = join(confDir, '..', state)
  mkdirSync(stateDir, { recursive: true })
  rmSync(join(stateDir, 'ready'), { force: true })
  const words = ['install', '--watch', '--unchecked', '--bin-dir', binDir, '--state-dir', stateDir, ...args]
  const child = spawn(EXECUTABLE, words, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, CNI_COMMAND: '' },
  })
  running.add(child)
  const ended = once(child, 'close').finally(() => running.delete(child))
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += text
  })
  return {
    pid: child.pid ?? 0,
    stateDir,
    stderr: () => stderr,
    ready: () =>
      until(
        () => existsSync(join(stateDir, 'ready')),
        () => `the watcher is not ready:\n${stderr}`,
      ),
    async end(signal = 'SIGTERM') {
      child.kill(signal)
      const [code] = (await ended) as [number | null]
      return code
    },
  }
}

/** For the leftovers of a failed test. */
export function killWatchers(): void {
  for (const child of running) child.kill('SIGKILL')
}

/** Waits until a condition is true. */
export async function until(isSo: () => boolean, describe: () => string): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; !isSo(); await sleep(5)) {
    if (performance.now() > end) throw new Error(describe())
  }
}

export function readText(path: string): string {
  return readFileSync(path, 'utf8')
}
