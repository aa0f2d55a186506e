import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { FLOOR, NATIVE, PEER, PKG } from './rows.ts'

const ROOT = join(import.meta.dirname, '../..')
const FOLDER = join(ROOT, 'dist/bench')

/** Where Debian's package containernetworking-plugins has Go's tuning plugin. */
const USUAL_PEER = '/usr/lib/cni/tuning'

/** One thing to measure. */
export interface Executable {
  /** Its column. */
  readonly who: string
  readonly kind: 'plugin' | 'floor' | 'empty'
  readonly file: string
  /** A copy that may be dropped from the page cache: a file that comes back in pieces starts more slowly from then on. */
  readonly coldFile: string
  readonly bytes: number
}

/** Builds both plugins. */
export function buildPlugins(): void {
  for (const more of [[], ['--native']]) runTool(process.execPath, [join(ROOT, 'build.mjs'), ...more])
}

/**
 * Fresh copies of those in the wanted columns, made in the same way: the layout in the page cache changes the start by
 * several per cent.
 */
export function gatherExecutables(isWanted: (who: string) => boolean, peer = USUAL_PEER): Executable[] {
  removeExecutables()
  mkdirSync(join(FOLDER, 'cold'), { recursive: true })
  const create: [string, () => Executable[]][] = [
    [NATIVE, () => [copy(NATIVE, 'plugin', join(ROOT, 'dist/netns-sysctl-native'), 'netns-sysctl-native')]],
    [
      PKG,
      () => [
        copy(PKG, 'plugin', join(ROOT, 'dist/netns-sysctl'), 'netns-sysctl'),
        copy(PKG, 'empty', packEmpty(join(FOLDER, 'empty-packed')), 'empty-script'),
      ],
    ],
    [PEER, () => (peer === USUAL_PEER && !existsSync(peer) ? [] : [copy(PEER, 'plugin', peer, 'tuning')])],
    [
      FLOOR,
      () => [
        copy(FLOOR, 'floor', compile('floor-linked', 'floor', 'floor-folders'), 'floor'),
        copy(FLOOR, 'empty', compile('empty-linked', 'empty'), 'empty'),
      ],
    ],
  ]
  return create.flatMap(([who, executables]) => (isWanted(who) ? executables() : []))
}

/** Compiles time.c, which starts the measured programs: Node would need more time for that than most of them run. */
export function buildTimer(): string {
  return compile('time', 'time', 'child', 'memory')
}

export function removeExecutables(): void {
  rmSync(FOLDER, { recursive: true, force: true })
}

function copy(who: string, kind: Executable['kind'], from: string, to: string): Executable {
  if (!existsSync(from)) throw new Error(`there is no ${from}`)
  const file = join(FOLDER, to)
  const coldFile = join(FOLDER, 'cold', to)
  for (const path of [file, coldFile]) copyFileSync(from, path)
  return { who, kind, file, coldFile, bytes: statSync(file).size }
}

/** Links C files of this folder without libraries, as the native executable is. */
function compile(to: string, ...names: readonly string[]): string {
  const output = join(FOLDER, to)
  const sources = names.map((name) => join(import.meta.dirname, `${name}.c`))
  runTool('musl-gcc', [
    '-D_GNU_SOURCE',
    '-O2',
    '-Wall',
    '-Wextra',
    '-Werror',
    '-static',
    '-s',
    '-o',
    output,
    ...sources,
  ])
  return output
}

function packEmpty(output: string): string {
  const script = relative(ROOT, join(import.meta.dirname, 'empty.ts'))
  runTool(process.execPath, [join(ROOT, 'build.mjs'), '--entry', script, '--out', relative(ROOT, output)])
  return output
}

function runTool(tool: string, args: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync(tool, args, { encoding: 'utf8', cwd: ROOT })
  if (status !== 0) throw new Error(`${tool} failed: ${error?.message ?? ''}${stdout}${stderr}`)
}
