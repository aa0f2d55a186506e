import type { Netns } from './netns.ts'

/** Values by path below /proc/sys: `net/core/somaxconn`. */
export type Sysctls = Readonly<Record<string, string>>

export const pathOf = (name: string): string => `/proc/sys/${name}`

const WRITE = 'while [ $# -gt 0 ]; do echo "$2" >"$1" || exit 1; shift 2; done'

/** Writes sysctls in a netns, in order, without the plugin. */
export function writeSysctls(netns: Netns, sysctls: Sysctls): void {
  const words = Object.entries(sysctls).flatMap(([name, value]) => [pathOf(name), value])
  const { status, stderr } = netns.inside(['sh', '-c', WRITE, 'sh', ...words])
  if (status !== 0) throw new Error(`cannot set up ${JSON.stringify(sysctls)}: ${stderr}`)
}

/** The values of sysctls in a netns; tabs between numbers become blanks. */
export function readSysctls(netns: Netns, names: readonly string[]): Sysctls {
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
