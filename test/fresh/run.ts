import { createRoot, fillNpmCache, type Root, writeLog } from './root.ts'
import { BEGINNING, type Check, CONTAINERD, PODMAN, TESTS } from './steps.ts'

// npm run test:fresh: what the README says, on new Debians with nothing in them but what it installs.
// npm run test:fresh -- bookworm: in that one only. Needs root, and 4 GB below dist/fresh.

/** podman of Debian 13 has no CNI. The tests take minutes, so they run in one of the two. */
const SUITES: Readonly<Record<string, readonly Check[]>> = {
  bookworm: [...BEGINNING, ...PODMAN, ...CONTAINERD],
  trixie: [...BEGINNING, ...CONTAINERD, TESTS],
}

const asked = process.argv.slice(2)
const suites = asked.length === 0 ? Object.keys(SUITES) : asked
fillNpmCache()
const failed = (await Promise.all(suites.map(countFailed))).reduce((sum, each) => sum + each, 0)
const total = suites.reduce((sum, suite) => sum + (SUITES[suite]?.length ?? 0), 0)
console.log(`Tests  ${failed > 0 ? `${failed} failed | ` : ''}${total - failed} passed (${total})`)
process.exitCode = failed === 0 ? 0 : 1

async function countFailed(suite: string): Promise<number> {
  const checks = SUITES[suite]
  if (checks === undefined) throw new Error(`${suite} is not one of ${Object.keys(SUITES).join(', ')}`)
  const root = await createRoot(suite)
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
    root.close()
  }
}

async function tryCheck(root: Root, check: Check) {
  const step = await root.run(check.commands, { isAlone: check.isAlone ?? false })
  return { problem: problemOf(root, check, step), ...step }
}

function problemOf(root: Root, check: Check, step: Awaited<ReturnType<Root['run']>>): string | undefined {
  const { status = 0, shows, hides, also } = check
  if (step.status !== status) return `exit code ${step.status}, not ${status}`
  if (!shows.test(step.output)) return `the output does not show ${shows}`
  if (hides?.test(step.output)) return `the output shows ${hides}`
  return also?.(root, step)
}
