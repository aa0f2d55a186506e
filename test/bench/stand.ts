import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Netns } from '../helpers/netns.ts'
import type { Sysctl } from './request.ts'

/** Everything that the cases run on. */
export interface Stand {
  /** time.c, compiled. */
  readonly timer: string
  /** Whether the time of CPUs is measured, instead of a clock's. */
  readonly isCpuTime: boolean
  /** For inputs and undo records: in memory, as the default below /run is. */
  readonly folder: string
  /** A container for each of those that run at once; cases with one container use the first. */
  readonly containers: readonly [Netns, ...Netns[]]
  /** A server's usual ones first. */
  readonly sysctls: readonly Sysctl[]
  readonly byName: readonly Sysctl[]
}

let inputs = 0

/**
 * Returns a function that runs an executable for the first so many containers at once, and returns the time in
 * milliseconds; it throws if one fails.
 */
export function createRun(stand: Stand, file: string, command: string, stdin: string, containers = 1): () => number {
  const words = wordsFor(stand, stand.isCpuTime ? ['--cpu'] : [], file, stdin, containers)
  return () => Number(runQuietly(words, envFor(command))) / 1e6
}

/** Returns a function that runs an executable for the first container, and returns its highest memory in megabytes. */
export function createMemoryRun(stand: Stand, file: string, command: string, stdin: string): () => number {
  const words = wordsFor(stand, ['--memory'], file, stdin, 1)
  return () => Number(runQuietly(words, envFor(command))) / 1024
}

/** Throws if the command fails. */
export function runQuietly(
  [file, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): string {
  const ran = spawnSync(file, args, { env: { PATH: process.env.PATH, ...env }, encoding: 'utf8' })
  if (ran.status === 0) return ran.stdout
  throw new Error(`${args.join(' ')} ended with ${ran.status}: ${ran.error?.message ?? ''}${ran.stderr}`)
}

function wordsFor(
  { timer, folder, containers }: Stand,
  options: readonly string[],
  file: string,
  stdin: string,
  count: number,
): readonly [string, ...string[]] {
  inputs += 1
  const input = join(folder, `input-${inputs}`)
  writeFileSync(input, stdin)
  const paths = containers.slice(0, count).map(({ path }) => path)
  return containers[0].hostCommand([timer, ...options, input, file, ...paths])
}

function envFor(command: string): Record<string, string> {
  return { CNI_COMMAND: command, CNI_IFNAME: 'lo', CNI_PATH: '/opt/cni/bin' }
}
