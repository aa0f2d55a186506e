import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { CONF_DIR } from './network.ts'

/** The plugin that is tested. */
export const PLUGIN = '/opt/cni/bin/netns-sysctl'
const STATE = '/run/watcher'
/** The copy of the network's conflist that has the entry. */
export const OWN_FILE = '02-netns-sysctl.conflist'
const PATIENCE_MS = 8000

export interface Watcher {
  /** Whether it reports within some seconds that all is well. */
  readonly isReady: () => Promise<boolean>
  readonly stderr: () => string
  readonly end: (signal?: NodeJS.Signals) => Promise<void>
}

/** Starts the plugin that is tested as a watcher of the node, as the DaemonSet does. */
export function startWatcher(...args: readonly string[]): Watcher {
  mkdirSync(STATE, { recursive: true })
  rmSync(`${STATE}/ready`, { force: true })
  const words = ['install', '--watch', '--unchecked', '--conf-dir', CONF_DIR, '--state-dir', STATE, ...args]
  const child = spawn(PLUGIN, words, { stdio: ['ignore', 'ignore', 'pipe'] })
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += text
  })
  let hasEnded = false
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      hasEnded = true
      resolve()
    })
  })
  return {
    stderr: () => stderr,
    async isReady() {
      for (const end = performance.now() + PATIENCE_MS; performance.now() < end && !hasEnded; await sleep(10)) {
        if (existsSync(`${STATE}/ready`)) return true
      }
      return false
    },
    async end(signal = 'SIGTERM') {
      child.kill(signal)
      await ended
    },
  }
}
