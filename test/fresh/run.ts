import { readFileSync } from 'node:fs'
import { removeCgroups } from '../helpers/cgroups.ts'
import { compareSnapshots, takeHostSnapshot } from '../helpers/host-snapshot.ts'
import { isRoot } from '../helpers/netns.ts'
import { CACHE, prepareCache, writeLog } from './cache.ts'
import type { Step } from './execute.ts'
import { createRoot, type Root } from './root.ts'
import { BEGINNING, type Check, CONTAINERD, PODMAN, TESTS } from './steps.ts'

// npm run test:fresh: what the README says, on new Debians with nothing in them but what it installs. Needs root.
// npm run test:fresh -- bookworm: in that one only. npm run test:fresh -- --without-tests: without `npm test` in there.

/** podman of Debian 13 has no CNI. The tests take minutes, so they run in one of the two. */
const SUITES: Readonly<Record<string, readonly Check[]>> = {
  bookworm: [...BEGINNING, ...PODMAN, ...CONTAINERD],
  trixie: [...BEGINNING, ...CONTAINERD, TESTS],
}

/** A kernel module that a runtime needs, and that was not loaded, brings sysctls of its own. */
const OF_NEW_MODULE = /^\/proc\/sys\/net\/.*: was not there/

if (!isRoot) throw new Error('npm run test:fresh needs root, for debootstrap does')
const args = process.argv.slice(2)
const asked = args.filter((arg) => arg !== '--without-tests')
const suites = (asked.length === 0 ? Object.keys(SUITES) : asked).map((suite) => ({ suite, checks: checksOf(suite) }))
prepareCache(suites.length)
const before = takeHostSnapshot()
const counts = await Promise.all(suites.map(({ suite, checks }) => countFailed(suite, checks)))
await removeCgroups()
const failed = counts.reduce((sum, each) => sum + each, 0)
const total = suites.reduce((sum, { checks }) => sum + checks.length, 0)
const changes = [
  ...compareSnapshots(before, takeHostSnapshot()).filter((each) => !OF_NEW_MODULE.test(each)),
  ...mountsLeft(),
]
if (changes.length > 0) console.error(`the host has changed:\n${changes.join('\n')}`)
console.log(`Tests  ${failed > 0 ? `${failed} failed | ` : ''}${total - failed} passed (${total})`)
process.exitCode = failed === 0 && changes.length === 0 ? 0 : 1

function checksOf(suite: string): readonly Check[] {
  const checks = SUITES[suite]
  if (checks === undefined) throw new Error(`${suite} is not one of ${Object.keys(SUITES).join(', ')}, --without-tests`)
  return checks.filter((check) => check !== TESTS || !args.includes('--without-tests'))
}

async function countFailed(suite: string, checks: readonly Check[]): Promise<number> {
  const started = Date.now()
  const root = await tryToCreateRoot(suite)
  if (root === undefined) return checks.length
  console.log(`${suite}: made (${Math.round((Date.now() - started) / 1000)} s)`)
  let log = ''
  try {
    for (const [index, check] of checks.entries()) {
      const { problem, seconds, output } = await tryCheck(root, check)
      log += `== ${check.name}\n${output}\n`
      console.log(`${suite}: ${problem === undefined ? 'ok' : 'FAILED'}: ${check.name} (${seconds} s)`)
      if (problem === undefined) continue
      console.log(`${problem}:\n${output.slice(-4000)}\nall of it: ${writeLog(suite, log)}`)
      // What comes after builds on it.
      return checks.length - index
    }
    writeLog(suite, log)
    return 0
  } finally {
    await root.close()
  }
}

/** Says why if that fails: the other root goes on. */
async function tryToCreateRoot(suite: string): Promise<Root | undefined> {
  try {
    return await createRoot(suite)
  } catch (error) {
    console.log(`${suite}: FAILED: ${error instanceof Error ? error.message : error}`)
    return undefined
  }
}

async function tryCheck(root: Root, check: Check) {
  const step = await root.run(check.commands, { isAlone: check.isAlone ?? false })
  return { problem: problemOf(root, check, step), ...step }
}

function problemOf(root: Root, check: Check, step: Step): string | undefined {
  const { status = 0, shows, hides, also } = check
  if (step.status !== status) return `exit code ${step.status}, not ${status}`
  if (!shows.test(step.output)) return `the output does not show ${shows}`
  if (hides?.test(step.output)) return `the output shows ${hides}`
  return also?.(root, step)
}

function mountsLeft(): string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
  return lines.filter((line) => line.includes(CACHE)).map((line) => `the mount ${line.split(' ')[4]} is left over`)
}
