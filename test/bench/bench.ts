// Measures whole processes, side by side in one run: npm run bench -- --help tells its options.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createNetns, isRoot, type Netns } from '../helpers/netns.ts'
import { createCases } from './cases.ts'
import { formatChart } from './chart.ts'
import { buildPlugins, buildTimer, gatherExecutables, removeExecutables } from './executables.ts'
import { HELP, type Options, parseOptions } from './options.ts'
import { formatJson, formatText, type Report } from './report.ts'
import { findByName, findSysctls } from './request.ts'
import { ROWS } from './rows.ts'
import { type Case, measure } from './sample.ts'
import { formatSvg } from './svg.ts'

/** The warm-up rounds, with one of every case. */
const WARM_UP = 3
const CONTAINERS = 64

try {
  const options = parseOptions(process.argv.slice(2))
  if (options.isHelp) console.log(HELP)
  else if (options.isList) console.log(ROWS.join('\n'))
  else await main(options)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function main(options: Options): Promise<void> {
  // Checked first, so that a measurement of minutes is not lost at the end.
  for (const folder of foldersOf(options)) mkdirSync(folder, { recursive: true })
  if (!options.isBuilt) buildPlugins()
  const report = await bench(options)
  console.log(formatText(report))
  if (options.svg !== undefined) {
    writeFileSync(join(options.svg, 'bench.svg'), formatSvg(report))
    writeFileSync(join(options.svg, 'cost.svg'), formatChart(report))
  }
  if (options.json !== undefined) writeFileSync(options.json, `${formatJson(report)}\n`)
}

function foldersOf({ svg, json }: Options): string[] {
  return [...(svg === undefined ? [] : [svg]), ...(json === undefined ? [] : [dirname(json)])]
}

/** Ends the measurement, so that what it made is removed. */
function abortOnSignals(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => controller.abort(new Error(`ended by ${name}`)))
  return controller.signal
}

async function bench(options: Options): Promise<Report> {
  const signal = abortOnSignals()
  const made: Netns[] = []
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'netns-sysctl-bench-'))
  const create = async (host?: Netns): Promise<Netns> => made[made.push(await createNetns(host)) - 1] as Netns
  try {
    const executables = gatherExecutables((who) => !options.without.some((name) => who.includes(name)), options.peer)
    const timer = buildTimer()
    // Without root they are all in one user namespace, in which the plugin is started.
    const first = await create()
    const host = isRoot ? undefined : first
    const others = await Promise.all(Array.from({ length: CONTAINERS - 1 }, () => create(host)))
    const { runs, isCpuTime } = options
    const stand = { timer, folder, isCpuTime, containers: [first, ...others] as const }
    const sysctls = { byName: findByName(first), sysctls: findSysctls(first) }
    const cases = choose(createCases(executables, { ...stand, ...sysctls }), options)
    return { runs, isCpuTime, executables, measured: await measure(cases, runs, WARM_UP, signal) }
  } finally {
    await Promise.all(made.map((netns) => netns.close()))
    rmSync(folder, { recursive: true, force: true })
    removeExecutables()
  }
}

function choose(cases: readonly Case[], { rows }: Options): Case[] {
  const chosen = cases.filter(({ what }) => rows.length === 0 || rows.some((row) => what.includes(row)))
  if (chosen.length === 0) throw new Error('no row has that name: --list prints them')
  return chosen
}
