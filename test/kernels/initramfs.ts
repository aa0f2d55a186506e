import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Unpacked } from './archive.ts'
import { type KernelCase, MODULES, type Stage } from './case.ts'
import { type CpioFile, formatCpio } from './cpio.ts'
import { findModules, resolveModules } from './modules.ts'
import { CASES } from './table.ts'
import { runTool } from './tool.ts'

/** An executable of the plugin that a machine runs its cases with. */
export interface Executable {
  readonly name: 'native' | 'node'
  /** Its path on this machine. */
  readonly path: string
}

const BIN = 'opt/cni/bin'
const GUEST = join(import.meta.dirname, 'guest')

/** The file's name of a case that is run with an executable: they are run in the order of their names. */
export function fileOf(each: KernelCase, { name }: Executable): string {
  return `${String(CASES.indexOf(each)).padStart(3, '0')}-${name}`
}

/** Whether a case is run with an executable. */
export function isRunWith({ isNativeOnly }: KernelCase, { name }: Executable): boolean {
  return isNativeOnly !== true || name === 'native'
}

/** Writes the archive that a kernel starts with: busybox, modules, executables and cases. */
export function writeInitramfs(unpacked: Unpacked, executables: readonly Executable[], output: string): void {
  const stages = Object.keys(MODULES) as Stage[]
  const files: CpioFile[] = [
    ...['proc', 'sys', 'dev', 'tmp', 'run'].map((path) => ({ path, mode: 0o755 })),
    readInto('init', join(GUEST, 'init')),
    readInto('lib.sh', join(GUEST, 'lib.sh')),
    readInto('bin/busybox', unpacked.busybox),
    ...executables.flatMap(({ name, path }) => [readInto(`${BIN}/netns-sysctl-${name}`, path)]),
    ...librariesOf(executables),
    ...modulesOf(stages, unpacked.folder),
    ...executables.flatMap((executable) =>
      CASES.filter((each) => isRunWith(each, executable)).map((each) => {
        return textFile(`stages/${each.stage}/${fileOf(each, executable)}`, formatCase(each, executable))
      }),
    ),
  ]
  writeFileSync(output, formatCpio(files))
}

/** Each case has a pod of its own, without leftovers of another one. */
function formatCase({ run }: KernelCase, { name }: Executable): string {
  return `PLUGIN=/${BIN}/netns-sysctl-${name}\n. /lib.sh\nrm -rf /run/cni\nmake_netns "$POD"\n${run}\ndrop_netns "$POD"\n`
}

function modulesOf(stages: readonly Stage[], folder: string): CpioFile[] {
  const modules = findModules(folder)
  const files = new Map<string, CpioFile>()
  const lists = stages.map((stage) => {
    const needed = resolveModules(MODULES[stage], modules)
    const fresh = needed.filter(({ name }) => stage === 'noIpv6' || !files.has(name))
    for (const { name, content } of needed) files.set(name, { path: `modules/${name}.ko`, mode: 0o644, content })
    return textFile(`stages/${stage}.modules`, fresh.map(({ name }) => `${name}\n`).join(''))
  })
  return [...lists, ...files.values()]
}

/** The libraries of the executable on Node.js on this machine. */
function librariesOf(executables: readonly Executable[]): CpioFile[] {
  const node = executables.find(({ name }) => name === 'node')
  if (node === undefined) return []
  const paths = String(runTool('ldd', [node.path])).matchAll(/(\/\S+) \(0x/g)
  return [...paths].map(([, path = '']) => readInto(path.slice(1), path))
}

function readInto(path: string, from: string): CpioFile {
  return { path, mode: 0o755, content: readFileSync(from) }
}

function textFile(path: string, text: string): CpioFile {
  return { path, mode: 0o644, content: Buffer.from(text) }
}
