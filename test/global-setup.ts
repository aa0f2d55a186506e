import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { compareSnapshots, takeHostSnapshot } from './helpers/host-snapshot.ts'
import { findLeftovers, RUN_MARK } from './helpers/leftovers.ts'

/** How long the processes of the last test may take to end. */
const GRACE_MS = 3000

/** Fails the run if the tests have changed the host: sysctls, files, mounts, processes and their netns. */
export function setup(): () => Promise<void> {
  requireTools()
  const run = `${process.pid}-${Date.now()}`
  process.env[RUN_MARK] = run
  const before = takeHostSnapshot()
  const folder = makeFolder()
  return async () => {
    rmSync(folder, { recursive: true })
    for (let waited = 0; waited < GRACE_MS && findLeftovers(run).length > 0; waited += 50) await sleep(50)
    const differences = [...findLeftovers(run), ...compareSnapshots(before, takeHostSnapshot())]
    if (differences.length > 0) throw new Error(`the tests have changed the host:\n${differences.join('\n')}`)
  }
}

const REQUIREMENTS = join(import.meta.dirname, '../.ci/requirements.mjs')

/** As npm test does before it builds. */
function requireTools(): void {
  const { status, stderr } = spawnSync(process.execPath, [REQUIREMENTS, 'test'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr.trim())
}

/** The folder of the run's own temporary files: from now on tmpdir() is this folder, here and in every test. */
function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'netns-sysctl-'))
  // Tests run as other users too.
  chmodSync(folder, 0o755)
  process.env.TMPDIR = folder
  return folder
}
