import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Netns } from '../helpers/netns.ts'
import type { Executable } from './executables.ts'
import { findSysctls, formatRequest } from './request.ts'
import type { Case, Sample } from './sample.ts'

/** What the cases are run on. */
export interface Stand {
  /** time.c, compiled. */
  readonly timer: string
  /** For inputs and undo records: in memory, as the default below /run is. */
  readonly folder: string
  /** A container for each of those that run at once; the first is that of the cases with one. */
  readonly containers: readonly [Netns, ...Netns[]]
}

export const NOTHING = 'start and end'
export const ADD = 'ADD, 3 sysctls'
export const COLD = 'ADD, file not cached'
export const addOf = (count: number): string => `ADD, ${count} sysctls`.replace(/ 1 sysctls$/, ' 1 sysctl')
export const atOnce = (count: number): string => `ADD, ${count} at once`

/** How many sysctls an ADD has, and how many containers are started at once, with one run in so many rounds. */
const SIZES = [1, 3, 10, 100, 400]
const CONTAINERS = [
  [8, 2],
  [64, 10],
] as const

export function createCases(executables: readonly Executable[], stand: Stand): Case[] {
  const sysctls = findSysctls(stand.containers[0])
  if (sysctls.length < Math.max(...SIZES)) throw new Error(`a netns has only ${sysctls.length} integer sysctls here`)
  return executables.flatMap((each) => (each.isPlugin ? createPluginCases(each, stand, sysctls) : [idle(each, stand)]))
}

function idle({ name, file }: Executable, stand: Stand): Case {
  const run = createRun(stand, file, 'VERSION', '', 1)
  return { what: NOTHING, who: name, every: 1, prepare() {}, run }
}

/** Each ADD finds a container without a record, each DEL one after its ADD. */
function createPluginCases(
  { name, file, coldFile }: Executable,
  stand: Stand,
  sysctls: readonly (readonly [string, string])[],
): Case[] {
  const dataDir = join(stand.folder, `records-${basename(file)}`)
  const runOf = (command: string, count = 3, containers = 1, executable = file) =>
    createRun(stand, executable, command, formatRequest(file, sysctls.slice(0, count), dataDir), containers)
  const add = runOf('ADD')
  const del = runOf('DEL')
  const undo = (run: () => Sample) => () => void run()
  // What another case has added is still in the record of the same container.
  const addAnew = () => {
    del()
    add()
  }
  const evict = () => {
    del()
    runQuietly(['dd', `if=${coldFile}`, 'iflag=nocache', 'count=0'])
  }
  return [
    { what: 'VERSION', who: name, every: 1, prepare() {}, run: runOf('VERSION') },
    ...SIZES.map((count) => ({
      what: addOf(count),
      who: name,
      every: 1,
      prepare: undo(runOf('DEL', count)),
      run: runOf('ADD', count),
    })),
    { what: 'CHECK, 3 sysctls', who: name, every: 1, prepare: addAnew, run: runOf('CHECK') },
    { what: 'DEL, 3 sysctls', who: name, every: 1, prepare: addAnew, run: del },
    { what: COLD, who: name, every: 2, prepare: evict, run: runOf('ADD', 3, 1, coldFile) },
    ...CONTAINERS.map(([count, every]) => ({
      what: atOnce(count),
      who: name,
      every,
      prepare: undo(runOf('DEL', 3, count)),
      run: runOf('ADD', 3, count),
    })),
  ]
}

/** Runs an executable for the first so many containers at once; throws where one of them fails. */
function createRun({ timer, folder, containers }: Stand, file: string, command: string, stdin: string, count: number) {
  mkdirSync(folder, { recursive: true })
  const input = join(folder, `${basename(file)}-${command}-${count}-${stdin.length}`)
  writeFileSync(input, stdin)
  const paths = containers.slice(0, count).map(({ path }) => path)
  const words = containers[0].hostCommand([timer, input, file, ...paths])
  const env = { CNI_COMMAND: command, CNI_IFNAME: 'lo', CNI_PATH: '/opt/cni/bin' }
  return (): Sample => {
    const [nanoseconds, kilobytes] = runQuietly(words, env).split(' ').map(Number)
    if (nanoseconds === undefined || kilobytes === undefined) throw new Error(`${timer} has not measured`)
    return { milliseconds: nanoseconds / 1e6, kilobytes }
  }
}

function runQuietly([file, ...args]: readonly [string, ...string[]], env: Readonly<Record<string, string>> = {}) {
  const ran = spawnSync(file, args, { env: { PATH: process.env.PATH, ...env }, encoding: 'utf8' })
  if (ran.status === 0) return ran.stdout
  throw new Error(`${args.join(' ')} ended with ${ran.status}: ${ran.error?.message ?? ''}${ran.stderr}`)
}
