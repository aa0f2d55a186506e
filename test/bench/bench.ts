// Measures whole processes, side by side in one run: npm run bench [-- --runs N] [--json] [--svg FILE] [--peer FILE]
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createNetns, isRoot, type Netns } from '../helpers/netns.ts'
import { createCases } from './cases.ts'
import { buildTimer, gatherExecutables, removeExecutables } from './executables.ts'
import { formatJson, formatText, type Report } from './report.ts'
import { measure } from './sample.ts'
import { formatSvg } from './svg.ts'

/** The rounds that do not count, with one of every case. */
const WARM_UP = 3
const CONTAINERS = 64

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '100' },
    json: { type: 'boolean', default: false },
    svg: { type: 'string' },
    peer: { type: 'string' },
  },
})

try {
  const report = await bench(Number(options.runs))
  if (options.svg !== undefined) writeFileSync(options.svg, formatSvg(report))
  console.log(options.json ? formatJson(report) : formatText(report))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function bench(runs: number): Promise<Report> {
  if (!(Number.isInteger(runs) && runs > 0)) throw new Error(`--runs ${options.runs}: must be a whole number above 0`)
  const made: Netns[] = []
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'netns-sysctl-bench-'))
  const create = async (host?: Netns): Promise<Netns> => made[made.push(await createNetns(host)) - 1] as Netns
  try {
    const executables = gatherExecutables(options.peer)
    const timer = buildTimer()
    // For others than root they are all in one user namespace, which the plugin is started in.
    const first = await create()
    const host = isRoot ? undefined : first
    const others = await Promise.all(Array.from({ length: CONTAINERS - 1 }, () => create(host)))
    const cases = createCases(executables, { timer, folder, containers: [first, ...others] })
    return { runs, executables, measured: measure(cases, runs, WARM_UP) }
  } finally {
    await Promise.all(made.map((netns) => netns.close()))
    rmSync(folder, { recursive: true, force: true })
    removeExecutables()
  }
}
