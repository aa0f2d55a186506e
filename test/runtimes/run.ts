import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { EXECUTABLE } from '../helpers/executable.ts'
import { compareSnapshots, type HostSnapshot, takeHostSnapshot } from '../helpers/host-snapshot.ts'
import { findLeftovers, RUN_MARK } from '../helpers/leftovers.ts'
import { isRoot } from '../helpers/netns.ts'
import { runInSandbox } from './sandbox.ts'

// npm run test:runtimes: the tests with the executable, and once more with a plugin that does nothing, where each of
// them has to fail. TEST_PLUGIN=PATH takes another executable; --control runs the second part only; a word runs the files
// with it in their names.

const ROOT = join(import.meta.dirname, '../..')
const CONFIG = join(import.meta.dirname, 'vitest.config.ts')
const VITEST = [
  process.execPath,
  join(ROOT, 'node_modules/vitest/vitest.mjs'),
  'run',
  '--root',
  ROOT,
  '--config',
  CONFIG,
  ...process.argv.slice(2).filter((word) => !word.startsWith('--')),
]
const CONTROL = join(import.meta.dirname, 'control.sh')

/** Prints what the JSON reporter has written. */
const REPORT = `"$@" --reporter=json --outputFile.json=/run/report.json >/dev/null
cat /run/report.json`

/** The runtimes' folders of state, in addition to the folders of every snapshot. */
const FOLDERS_OF_RUNTIMES = ['/var/lib', '/var/lib/cni', '/var/lib/containers', '/var/lib/containerd', '/dev/shm']

/** A kernel module that the main plugins load has sysctls of its own. */
const OF_NEW_MODULE = /^\/proc\/sys\/net\/.*: was not there/

/** Vitest's message if expect() fails. */
const OF_ASSERTION = /^(AssertionError:|Error: promise resolved .* instead of rejecting)/

/** What Vitest's JSON reporter prints, as far as it is read. */
interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

if (!isRoot) throw new Error('npm run test:runtimes needs root, for container runtimes do')
const run = `${process.pid}-${Date.now()}`
process.env[RUN_MARK] = run
const before = takeSnapshot()
const isTested = process.argv.includes('--control') || (await passesAll(process.env.TEST_PLUGIN ?? EXECUTABLE))
const isControlled = await failsAll(CONTROL)
const leftovers = [...findLeftovers(run), ...compareSnapshots(before, takeSnapshot())].filter(
  (difference) => !OF_NEW_MODULE.test(difference),
)
if (leftovers.length > 0) console.error(`the tests have changed the host:\n${leftovers.join('\n')}`)
process.exitCode = isTested && isControlled && leftovers.length === 0 ? 0 : 1

async function passesAll(plugin: string): Promise<boolean> {
  const { status } = await runInSandbox(VITEST, { env: { TEST_PLUGIN: plugin } })
  return status === 0
}

/** Whether every test fails with a plugin, and because of an expectation, not because a runtime did not start. */
async function failsAll(plugin: string): Promise<boolean> {
  const { stdout } = await runInSandbox(['sh', '-c', REPORT, 'sh', ...VITEST], {
    env: { TEST_PLUGIN: plugin },
    isShown: false,
  })
  const tests = (JSON.parse(stdout) as Report).testResults.flatMap(({ assertionResults }) => assertionResults)
  const others = tests.filter(
    ({ status, failureMessages }) => status !== 'failed' || !OF_ASSERTION.test(failureMessages[0] ?? ''),
  )
  for (const { fullName, status, failureMessages } of others) {
    console.error(`control: "${fullName}" should fail by an assertion, but ${status} ${failureMessages[0] ?? ''}`)
  }
  console.log(`control: with a plugin that does nothing, ${tests.length - others.length} of ${tests.length} tests fail`)
  return tests.length > 0 && others.length === 0
}

function takeSnapshot(): HostSnapshot {
  const folders = FOLDERS_OF_RUNTIMES.filter(existsSync)
  return new Map([
    ...takeHostSnapshot(),
    ...folders.map((folder): [string, string] => [folder, readdirSync(folder).sort().join(' ')]),
  ])
}
