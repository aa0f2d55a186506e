import { collect, type Problem } from '../cni/error.ts'
import { catchOsError, type Os, OsError } from '../os/os.ts'
import { type KeyGlob, matchesSegment } from '../policy/glob.ts'
import { IFNAME, interfaceOf, parseSysctlKey, SYSCTL_ROOT, type SysctlKey } from '../sysctl/key.ts'
import { reasonNotCopied } from '../sysctl/not-copied.ts'

/** The host's keys that a glob matches, with IFNAME still in them. */
export function findMatches(os: Os, glob: KeyGlob): SysctlKey[] {
  let found: string[][] = [[]]
  for (const [depth, pattern] of glob.segments.entries()) {
    const isLast = depth === glob.segments.length - 1
    found = found.flatMap((segments) => matchesIn(os, segments, pattern, isLast).map((name) => [...segments, name]))
  }
  const problems: Problem[] = []
  // An interface of the host may have a name that cannot be part of a key.
  const keys = found.flatMap((segments) => collect(problems, () => parseSysctlKey(segments.join('/'))) ?? [])
  return keys.filter((key) => !isOfHostInterface(key) && reasonNotCopied(key) === undefined)
}

function matchesIn(os: Os, segments: readonly string[], pattern: string, isLast: boolean): string[] {
  if (pattern === IFNAME) return [IFNAME]
  const path = [SYSCTL_ROOT, ...segments.map((segment) => (segment === IFNAME ? 'default' : segment))].join('/')
  const entries = catchOsError(() => os.list(path))
  if (entries instanceof OsError) return []
  const names = entries.filter(({ isDirectory }) => isDirectory !== isLast).map(({ name }) => name)
  return names.filter((name) => matchesSegment(pattern, name.replaceAll('.', '/')))
}

function isOfHostInterface(key: SysctlKey): boolean {
  const name = interfaceOf(key)
  return name !== undefined && name !== IFNAME
}
