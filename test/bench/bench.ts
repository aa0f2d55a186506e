// Measures whole processes, side by side in one run: npm run bench [-- --runs N] [--json] [--peer FILE] [--plugin FILE]
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { release, tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { formatTable } from '../demo/table.ts'
import { createNetns, type Netns } from '../helpers/netns.ts'
import { ADD, createCases, EMPTY, type Executables } from './cases.ts'
import { measure, type Timing } from './sample.ts'

const ROOT = join(import.meta.dirname, '../..')
const FOLDER = join(ROOT, 'dist/bench')
const WARM_UP = 10

/** Where Debian's package containernetworking-plugins has Go's tuning plugin. */
const USUAL_PEER = '/usr/lib/cni/tuning'

/** How many times the empty script's time an ADD may take. */
const TARGET = 1.15

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '200' },
    json: { type: 'boolean', default: false },
    peer: { type: 'string' },
    plugin: { type: 'string', default: join(ROOT, 'dist/netns-sysctl') },
  },
})

try {
  await bench(Number(options.runs))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function bench(runs: number): Promise<void> {
  if (!(Number.isInteger(runs) && runs > 0)) throw new Error(`--runs ${options.runs}: must be a whole number above 0`)
  const made: Netns[] = []
  // In memory, as the default below /run is.
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'netns-sysctl-bench-'))
  try {
    const executables = gatherExecutables()
    const netns = async () => made[made.push(await createNetns()) - 1] as Netns
    const cases = createCases(
      executables,
      {
        add: await netns(),
        check: await netns(),
        del: await netns(),
        peer: await netns(),
      },
      join(folder, 'records'),
    )
    const timings = measure(cases, runs, WARM_UP)
    console.log(options.json ? formatJson(runs, timings) : formatText(runs, timings, executables))
  } finally {
    await Promise.all(made.map((netns) => netns.close()))
    for (const made of [FOLDER, folder]) rmSync(made, { recursive: true, force: true })
  }
}

/** Fresh copies, made alike: how a file came to lie in the page cache moves its start by several per cent. */
function gatherExecutables(): Executables {
  // What an interrupted run has left.
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER, { recursive: true })
  const peer = options.peer ?? (existsSync(USUAL_PEER) ? USUAL_PEER : undefined)
  packEmpty(join(FOLDER, 'packed'))
  return {
    empty: copyTo(join(FOLDER, 'empty'), join(FOLDER, 'packed')),
    plugin: copyTo(join(FOLDER, 'netns-sysctl'), options.plugin),
    peer: peer && copyTo(join(FOLDER, 'tuning'), peer),
  }
}

function copyTo(copy: string, file: string): string {
  if (!existsSync(file)) throw new Error(`there is no ${file}`)
  copyFileSync(file, copy)
  return copy
}

function packEmpty(output: string): void {
  const args = [join(ROOT, 'build.mjs'), '--entry', 'test/bench/empty.ts', '--out', relative(ROOT, output)]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`the empty script cannot be packed: ${stdout}${stderr}`)
}

function formatText(runs: number, timings: readonly Timing[], { peer }: Executables): string {
  const empty = medianOf(timings, EMPTY)
  const rows = timings.map(({ name, median, p95 }) => [name, format(median), format(p95), format(median / empty)])
  const ratio = medianOf(timings, ADD) / empty
  return [
    `Whole processes, milliseconds, ${runs} runs of each in random order; Node ${process.version}, Linux ${release()}.`,
    '',
    ...formatTable([['', 'median', 'p95', 'x empty'], ...rows], [1, 2, 3]),
    '',
    `ADD takes ${format(ratio)} times the empty script; the target is at most ${TARGET}: ${ratio <= TARGET ? 'met' : 'missed'}.`,
    ...(peer === undefined ? ["Go's tuning plugin is not installed here; --peer FILE compares with it."] : []),
  ].join('\n')
}

function formatJson(runs: number, timings: readonly Timing[]): string {
  const empty = medianOf(timings, EMPTY)
  const cases = timings.map((timing) => ({ ...timing, ratio: timing.median / empty }))
  const ratio = medianOf(timings, ADD) / empty
  return JSON.stringify({ unit: 'ms', runs, node: process.version, linux: release(), cases, target: TARGET, ratio })
}

function medianOf(timings: readonly Timing[], name: string): number {
  return timings.find((timing) => timing.name === name)?.median ?? Number.NaN
}

function format(number: number): string {
  return number.toFixed(2)
}
