import { closeSync, openSync, readSync, writeFileSync } from 'node:fs'
import { inNetns } from './in-netns.ts'
import { isRoot, type Netns } from './netns.ts'

/** Values by path below /proc/sys: `net/core/somaxconn`. */
export type Sysctls = Readonly<Record<string, string>>

export const pathOf = (name: string): string => `/proc/sys/${name}`

const WRITE = 'while [ $# -gt 0 ]; do echo "$2" >"$1" || exit 1; shift 2; done'

/** Writes sysctls in a netns, in order, without the plugin. */
export function writeSysctls(netns: Netns, sysctls: Sysctls): void {
  if (isRoot) inNetns(netns, () => writeHere(sysctls))
  else writeByCommand(netns, sysctls)
}

function writeHere(sysctls: Sysctls): void {
  for (const [name, value] of Object.entries(sysctls)) writeFileSync(pathOf(name), `${value}\n`)
}

/** The values of sysctls in a netns; tabs between numbers become blanks. */
export function readSysctls(netns: Netns, names: readonly string[]): Sysctls {
  if (!isRoot) return readByCommand(netns, names)
  const values = inNetns(netns, () => names.map((name) => [name, readAtOnce(pathOf(name))] as const))
  return Object.fromEntries(values.map(([name, text]) => [name, text.trimEnd().replaceAll('\t', ' ')]))
}

/** Longer than every value. */
const buffer = Buffer.alloc(128 * 1024)

/** The kernel gives a list of ports to the first read(2) alone. */
function readAtOnce(path: string): string {
  const fd = openSync(path, 'r')
  try {
    return buffer.toString('utf8', 0, readSync(fd, buffer))
  } finally {
    closeSync(fd)
  }
}

function writeByCommand(netns: Netns, sysctls: Sysctls): void {
  const words = Object.entries(sysctls).flatMap(([name, value]) => [pathOf(name), value])
  const { status, stderr } = netns.inside(['sh', '-c', WRITE, 'sh', ...words])
  if (status !== 0) throw new Error(`cannot set up ${JSON.stringify(sysctls)}: ${stderr}`)
}

function readByCommand(netns: Netns, names: readonly string[]): Sysctls {
  const { status, stdout, stderr } = netns.inside(['grep', '-H', '', '/dev/null', ...names.map(pathOf)])
  if (status !== 0) throw new Error(stderr)
  const lines = stdout.trimEnd().split('\n')
  return Object.fromEntries(
    lines.map((line) => {
      const [path = '', ...value] = line.split(':')
      return [path.slice(pathOf('').length), value.join(':').replaceAll('\t', ' ')]
    }),
  )
}
