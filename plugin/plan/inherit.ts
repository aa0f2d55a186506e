import { CniError, collect, ErrorCode, type Problem, throwProblems } from '../cni/error.ts'
import { log } from '../os/log.ts'
import { type Os, OsError } from '../os/os.ts'
import { checkAllowed } from '../policy/allowlist.ts'
import { hasWildcard, type KeyGlob, parseKeyGlob } from '../policy/glob.ts'
import { explainUnread } from '../sysctl/diagnose.ts'
import { ofDefault, parseSysctlKey, replaceIfName, type SysctlKey } from '../sysctl/key.ts'
import { diagnoseMissing } from '../sysctl/missing.ts'
import { reasonNotCopied } from '../sysctl/not-copied.ts'
import { createSysctlSubject } from '../sysctl/subject.ts'
import { findMatches } from './matches.ts'
import type { Plan, PlanScope, Write } from './plan.ts'
import { lookAroundHost } from './surroundings.ts'
import type { Target } from './target.ts'

/** What one member of `inherit` copies. */
export interface Inheritance {
  readonly pattern: string
  readonly writes: Plan
}

/**
 * Reads the host's values of all that `patterns` name, in the netns that the plugin was started in. Where a pattern has
 * IFNAME, the host's value is that of `default`.
 * Throws one CniError with the reason for each plain key that cannot be copied: 100 by policy, 101 by the kernel.
 */
export function readInheritances(os: Os, patterns: readonly string[], scope: PlanScope): Inheritance[] {
  const problems: Problem[] = []
  const inheritances = collectInheritances(os, patterns, scope, problems)
  throwProblems(problems)
  return inheritances
}

/** The same of all that can be read, and every problem of the others. */
export function collectInheritances(
  os: Os,
  patterns: readonly string[],
  scope: PlanScope,
  problems: Problem[],
): Inheritance[] {
  return patterns.map((pattern) => ({
    pattern,
    writes: hasWildcard(pattern)
      ? readMatches(os, parseKeyGlob(pattern), scope)
      : (collect(problems, () => [readPlain(os, pattern, scope)]) ?? []),
  }))
}

/** The writes of all inheritances, each key once, in an order in which none undoes another; pure. */
export function planInheritances(inheritances: readonly Inheritance[]): Plan {
  const byId = new Map<string, Write>()
  for (const write of inheritances.flatMap(({ writes }) => writes)) {
    const other = byId.get(write.subject.id)
    // A plain key beside a glob that takes it too: its failure is an error all the same.
    if (other === undefined || other.onFailure === 'skip') byId.set(write.subject.id, write)
  }
  return [...byId.values()].sort((a, b) => rankOf(a) - rankOf(b))
}

/** Logs what each glob took and nothing else sets. Throws CniError 101 for those that took nothing. */
export function reportGlobs(os: Os, inheritances: readonly Inheritance[], targets: readonly Target[]): void {
  const globs = inheritances.filter(({ pattern }) => hasWildcard(pattern))
  if (globs.length === 0) return
  const origins = new Map(targets.map(({ write }) => [write.subject.id, write.origin]))
  const problems = globs.flatMap(({ pattern, writes }): Problem[] => {
    const taken = writes.filter(({ subject }) => origins.has(subject.id))
    if (taken.length === 0) return [tookNothing(pattern, writes.length)]
    const copied = taken.filter(({ subject }) => origins.get(subject.id) === 'host')
    const keys = copied.map(({ subject }) => subject.name).join(', ')
    if (copied.length > 0) log(os, `inherit ${pattern}: copies ${copied.length} from the host: ${keys}`)
    return []
  })
  throwProblems(problems)
}

function tookNothing(pattern: string, matches: number): Problem {
  const reason =
    matches === 0 ? 'matches no sysctl of the host that may be copied' : 'matches only what a container has not'
  return {
    code: ErrorCode.refusedByKernel,
    msg: `inherit ${pattern}: ${reason}`,
    details: '"*" and "?" do not cross a dot',
  }
}

function readPlain(os: Os, pattern: string, scope: PlanScope): Write {
  const written = parseSysctlKey(pattern)
  checkAllowed(written, scope.allowlist)
  const reason = reasonNotCopied(written)
  if (reason !== undefined) {
    throw new CniError({
      code: ErrorCode.refusedByKernel,
      msg: `${written.canonical}: is not copied from the host: ${reason}`,
    })
  }
  const key = replaceIfName(written, scope.ifName)
  return {
    subject: createSysctlSubject(key),
    value: readHostValue(os, ofDefault(written)),
    origin: 'host',
    onFailure: 'fail',
  }
}

function readHostValue(os: Os, key: SysctlKey): string {
  try {
    return readText(os, key)
  } catch (error) {
    if (!(error instanceof OsError)) throw error
    const reason = ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(error.errno)
      ? diagnoseMissing(key, lookAroundHost(os))
      : explainUnread(error)
    throw new CniError({
      code: ErrorCode.refusedByKernel,
      msg: `${key.canonical}: cannot be copied from the host: ${reason}`,
    })
  }
}

function readMatches(os: Os, glob: KeyGlob, scope: PlanScope): Write[] {
  return findMatches(os, glob).flatMap((written) => {
    try {
      checkAllowed(written, scope.allowlist)
      const value = readText(os, ofDefault(written))
      const key = replaceIfName(written, scope.ifName)
      return [{ subject: createSysctlSubject(key), value, origin: 'host', onFailure: 'skip' } satisfies Write]
    } catch (error) {
      if (isLeftOut(error)) return []
      throw error
    }
  })
}

/** A glob takes what can be taken: not what the allowlist refuses, nor what cannot be read. */
function isLeftOut(error: unknown): boolean {
  return error instanceof OsError || (error instanceof CniError && error.code === ErrorCode.refusedByPolicy)
}

function readText(os: Os, key: SysctlKey): string {
  return os.readFile(key.path).replace(/\n$/, '')
}

/**
 * Forwarding first, because it resets others (inet_forward_change, addrconf_fixup_forwarding); then `all`, which some
 * sysctls of net.ipv6.conf hand on to every interface; then the rest.
 */
function rankOf({ subject: { name } }: Write): number {
  if (/^net\.ipv4\.ip_forward$|^net\.ipv[46]\.conf\.all\.forwarding$/.test(name)) return 0
  return /^net\.ipv[46]\.conf\.all\./.test(name) ? 1 : 2
}
