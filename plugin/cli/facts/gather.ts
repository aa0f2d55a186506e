import { collect } from '../../cni/error.ts'
import { catchOsError, type Os, OsError } from '../../os/os.ts'
import { readSysctlTree } from '../../plan/surroundings.ts'
import { ALLOWLIST_PATHS } from '../../policy/allowlist.ts'
import type { SysctlTree } from '../../subject/surroundings.ts'
import { parseSysctlKey, type SysctlKey, segmentsOf } from '../../sysctl/key.ts'
import { reasonNotCopied } from '../../sysctl/not-copied.ts'
import { followsHost, type Seen } from '../../sysctl/origin.ts'
import { readRelease } from '../../sysctl/release.ts'
import { CliError } from '../cli-error.ts'
import { readDevconfInherit } from '../explain/explanation.ts'
import { DEFAULT_CONF_DIR, listConfigurations } from '../install/net-d.ts'
import { tryNewNetns } from '../new-netns.ts'
import { type Facts, formatMode, parseMode, type SysctlFacts, type TextFile } from './facts.ts'

/** Reads this node, and a new netns, in which the thread stays. Throws CliError if none can be made; OsError. */
export function gatherFacts(os: Os): Facts {
  const rest = {
    release: readRelease(os),
    devconfInherit: readDevconfInherit(os),
    modules: readModules(os),
    allowlist: readFirst(os, ALLOWLIST_PATHS),
    conflist: readFirst(os, listConfigurations(os, DEFAULT_CONF_DIR).slice(0, 1)),
  }
  const host = readSide(os)
  if (!tryNewNetns(os)) throw new CliError('a network namespace to look into cannot be made: run it as root')
  const netns = readSide(os)
  const names = [...new Set([...host.keys(), ...netns.keys()])].sort()
  const sysctls = names.map((name): [string, SysctlFacts] => {
    const [outside, inside] = [host.get(name), netns.get(name)]
    const follows =
      inside === undefined ? null : compareSides(parseSysctlKey(name), rest.devconfInherit, outside, inside)
    return [name, [outside?.mode ?? null, inside?.mode ?? null, outside?.value ?? null, inside?.value ?? null, follows]]
  })
  return { ...rest, sysctls: Object.fromEntries(sysctls) }
}

function compareSides(key: SysctlKey, devconfInherit: number, outside: Side | undefined, inside: Side): boolean | null {
  const sides = { ...(outside !== undefined && { host: toSeen(outside) }), newNetns: toSeen(inside) }
  return followsHost(key, { devconfInherit, ...sides })
}

function toSeen({ mode, value }: Side): Seen {
  return { isWritable: (parseMode(mode) & 0o222) !== 0, value }
}

interface Side {
  readonly mode: string
  readonly value: string | null
}

function readSide(os: Os): Map<string, Side> {
  const tree: SysctlTree = readSysctlTree(os)
  return new Map(
    [...tree].flatMap(([name, mode]): [string, Side][] => {
      // Some belong to the whole node, and an interface may have a name that cannot be part of a key.
      const key = collect([], () => parseSysctlKey(name))
      return key === undefined || isOfOneInterface(key)
        ? []
        : [[name, { mode: formatMode(mode), value: readValue(os, key) }]]
    }),
  )
}

/** The node's interfaces mean nothing for other containers. */
function isOfOneInterface(key: SysctlKey): boolean {
  const [, , tree = '', name = '', ...rest] = segmentsOf(key)
  return ['conf', 'neigh'].includes(tree) && rest.length > 0 && !['all', 'default', 'lo'].includes(name)
}

/** Null if it cannot be read, and for secrets, which must not leave the node. */
function readValue(os: Os, key: SysctlKey): string | null {
  if (reasonNotCopied(key) !== undefined) return null
  const text = catchOsError(() => os.readFile(key.path))
  return text instanceof OsError ? null : text.replace(/\n$/, '')
}

function readModules(os: Os): string[] | null {
  const text = catchOsError(() => os.readFile('/proc/modules'))
  if (text instanceof OsError) return null
  return text
    .split('\n')
    .flatMap((line) => line.split(' ')[0] || [])
    .sort()
}

/** The first of these files that exists. Throws OsError if it cannot be read. */
function readFirst(os: Os, paths: readonly string[]): TextFile | null {
  for (const path of paths) {
    const text = catchOsError(() => os.readFile(path))
    if (!(text instanceof OsError)) return { path, text }
    if (!['ENOENT', 'ENOTDIR'].includes(text.errno)) throw text
  }
  return null
}
