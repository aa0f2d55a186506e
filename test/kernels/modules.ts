import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { runTool } from './tool.ts'

/** A kernel's modules: their files by their names. */
export type Modules = ReadonlyMap<string, string>

/** A module to load, in an order in which each comes after those that it needs. */
export interface Module {
  readonly name: string
  readonly content: Buffer
}

/** Finds the modules below the folder of an unpacked kernel. */
export function findModules(folder: string): Modules {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const modules = files.filter((file) => /\.ko(\.xz)?$/.test(file))
  return new Map(modules.map((file) => [nameOf(basename(file).replace(/\.ko(\.xz)?$/, '')), join(folder, file)]))
}

/** The modules of these names and those that they need, without the built-in ones. */
export function resolveModules(names: readonly string[], modules: Modules): readonly Module[] {
  const found = new Map<string, Module>()
  for (const name of names) addModule(name, modules, found)
  return [...found.values()]
}

function addModule(name: string, modules: Modules, found: Map<string, Module>): void {
  const file = modules.get(name)
  if (file === undefined || found.has(name)) return
  const content = file.endsWith('.xz') ? runTool('xz', ['--decompress', '--stdout', file]) : readFileSync(file)
  // The section .modinfo has texts that end with a NUL.
  const [, needed = ''] = /\0depends=([^\0]*)\0/.exec(content.toString('latin1')) ?? []
  for (const other of needed.split(',').filter((each) => each !== '')) addModule(nameOf(other), modules, found)
  found.set(name, { name, content })
}

function nameOf(text: string): string {
  return text.replaceAll('-', '_')
}
