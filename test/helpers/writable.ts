import type { Netns } from './netns.ts'

/** On some kernels each is a switch of the whole node: nothing is written there. */
const OF_THE_NODE = /^net\.netfilter\.nf_(conntrack_(max|buckets|expect_max)|hooks_lwtunnel)$|^net\.nf_conntrack_max$/

const SHOW = 'find /proc/sys/net -type f -perm -200 -exec grep -H "" {} + 2>/dev/null; true'

/** The values of every writable and readable sysctl of a netns, without those of the whole node. */
export function everyWritable(netns: Netns): Map<string, string> {
  const empty = netns.inside(['sh', '-c', 'find /proc/sys/net -type f -perm -600 2>/dev/null; true']).stdout
  const shown = netns.inside(['sh', '-c', SHOW]).stdout.trimEnd().split('\n')
  const values = new Map(shown.map(splitLine))
  const paths = empty.trimEnd().split('\n')
  // A file that shows an empty line is in both, one that shows nothing only in the first.
  for (const name of paths.map(toName)) if (!values.has(name) && /reserved_ports$/.test(name)) values.set(name, '')
  return new Map([...values].filter(([name]) => !OF_THE_NODE.test(name)))
}

export interface Tried {
  readonly name: string
  readonly before: string
  /** Undefined if the kernel refuses the value. */
  readonly after: string | undefined
}

const TRY = `while IFS='|' read -r path new; do
  old=; after=
  { IFS= read -r old <"$path"; } 2>/dev/null
  if { printf '%s\\n' "$new" >"$path"; } 2>/dev/null; then
    { IFS= read -r after <"$path"; } 2>/dev/null
    printf '%s\\n' "$path|$old|$after"
  else printf '%s\\n' "$path|$old"
  fi
  [ "$1" = keep ] || { printf '%s\\n' "$old" >"$path"; } 2>/dev/null
done`

/** Writes each value without the plugin, and puts the old one back unless it is to be kept. */
export function tryValues(
  netns: Netns,
  values: ReadonlyMap<string, string>,
  mode: 'keep' | 'restore' = 'restore',
): Tried[] {
  const input = [...values].map(([name, value]) => `${toPath(name)}|${value}\n`).join('')
  const { stdout } = netns.inside(['sh', '-c', TRY, 'sh', mode], { input })
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('|'))
    .map(([path = '', before = '', after]) => ({ name: toName(path), before, after }))
}

function splitLine(line: string): [string, string] {
  const at = line.indexOf(':')
  return [toName(line.slice(0, at)), line.slice(at + 1)]
}

function toName(path: string): string {
  return path.replace('/proc/sys/', '').replaceAll('.', ':').replaceAll('/', '.').replaceAll(':', '/')
}

function toPath(name: string): string {
  return `/proc/sys/${name.replaceAll('/', ':').replaceAll('.', '/').replaceAll(':', '.')}`
}
