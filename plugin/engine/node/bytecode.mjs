// The bytecode that V8 has in the packed executable: see start.ts.
import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from './pack-error.mjs'

/** The command that runs a Node of this architecture. */
const RUNNERS = {
  x64: [],
  arm64: process.arch === 'arm64' ? [] : ['qemu-aarch64-static', '-L', '/usr/aarch64-linux-gnu'],
}

/** Bytes. */
const WORD = 8

/** Runs a Node of an architecture, which is the first word of `command`; its flags are the others. */
export function runNode(arch, command, options) {
  const [file, ...args] = [...RUNNERS[arch], ...command]
  // Without NODE_OPTIONS, which could have other flags.
  return spawnSync(file, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: process.env.PATH }, ...options })
}

/** Whether a Node of that architecture can be run here. */
export function isRunnable(arch, node) {
  if (RUNNERS[arch].length === 0 || runNode(arch, [node, '--eval', '']).status === 0) return true
  console.log('without qemu-user-static and libc6-arm64-cross the executable will start 10 ms more slowly')
  return false
}

/** The bytecode of a bundle for a Node with its flags, which are the words of `command`. */
export function train(command, bundle, arch, work) {
  const bytecode = join(work, 'runtime.bytecode')
  const run = (...args) => runNode(arch, [...command, ...args], { stdio: 'inherit' }).status
  if (run(join(import.meta.dirname, 'training.ts'), bundle, join(work, 'training'), bytecode) !== 0)
    fail('the training failed')
  if (run('--eval', IS_ACCEPTED, bundle, bytecode) !== 0) fail('V8 refuses the bytecode that it has written')
  return readFileSync(bytecode)
}

/** In a process of its own, as start.ts is. */
const IS_ACCEPTED = `
  const [source, cachedData] = process.argv.slice(1).map((path) => fs.readFileSync(path))
  process.exitCode = new vm.Script(source.toString('latin1'), { cachedData }).cachedDataRejected ? 1 : 0`

/**
 * Moves the bytecode in the executable by up to {@link WORD} bytes: V8 would copy it if it were not aligned. The first
 * byte of its padding tells start.ts how long that is.
 */
export function align(executable, bytecode) {
  const at = readFileSync(executable).indexOf(pad(bytecode))
  if (at < 0) fail('the bytecode is not in the executable')
  const file = openSync(executable, 'r+')
  writeSync(file, pad(bytecode, WORD - (at % WORD)), 0, undefined, at)
  closeSync(file)
}

export const pad = (bytecode, padding = WORD) => Buffer.concat([Buffer.alloc(padding, padding), bytecode])
