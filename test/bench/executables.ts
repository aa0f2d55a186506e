import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const FOLDER = join(ROOT, 'dist/bench')

/** Where Debian's package containernetworking-plugins has Go's tuning plugin. */
const USUAL_PEER = '/usr/lib/cni/tuning'

/** One of what is measured. */
export interface Executable {
  readonly name: string
  readonly file: string
  /** A copy that may be taken out of the page cache: what then comes back in pieces starts more slowly ever after. */
  readonly coldFile: string
  readonly bytes: number
  /** Whether it is a plugin, which takes requests. */
  readonly isPlugin: boolean
}

export const NATIVE = 'native'
export const PKG = 'pkg'
export const PEER = 'tuning (Go)'
export const EMPTY = 'empty, by pkg'
export const TRUE = '/bin/true'

/** Fresh copies, made alike: how a file came to lie in the page cache moves its start by several per cent. */
export function gatherExecutables(peer = existsSync(USUAL_PEER) ? USUAL_PEER : undefined): Executable[] {
  removeExecutables()
  mkdirSync(join(FOLDER, 'cold'), { recursive: true })
  buildEmpty(join(FOLDER, 'packed'))
  return [
    copy(NATIVE, join(ROOT, 'dist/netns-sysctl-native'), 'netns-sysctl-native', true),
    copy(PKG, join(ROOT, 'dist/netns-sysctl'), 'netns-sysctl', true),
    ...(peer === undefined ? [] : [copy(PEER, peer, 'tuning', true)]),
    copy(EMPTY, join(FOLDER, 'packed'), 'empty', false),
    copy(TRUE, '/bin/true', 'true', false),
  ]
}

/** Compiles time.c, which starts what is measured: a process of Node's would take longer for that than most of them run. */
export function buildTimer(): string {
  const timer = join(FOLDER, 'time')
  runTool('musl-gcc', ['-O2', '-static', '-o', timer, join(import.meta.dirname, 'time.c')])
  return timer
}

export function removeExecutables(): void {
  rmSync(FOLDER, { recursive: true, force: true })
}

function copy(name: string, from: string, to: string, isPlugin: boolean): Executable {
  if (!existsSync(from)) throw new Error(`there is no ${from}`)
  const file = join(FOLDER, to)
  const coldFile = join(FOLDER, 'cold', to)
  for (const path of [file, coldFile]) copyFileSync(from, path)
  return { name, file, coldFile, bytes: statSync(file).size, isPlugin }
}

function buildEmpty(output: string): void {
  const script = relative(ROOT, join(import.meta.dirname, 'empty.ts'))
  runTool(process.execPath, [join(ROOT, 'build.mjs'), '--entry', script, '--out', relative(ROOT, output)])
}

function runTool(tool: string, args: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync(tool, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${tool} failed: ${error?.message ?? ''}${stdout}${stderr}`)
}
