import { CniError, collect, ErrorCode, type Problem, throwProblems } from '../cni/error.ts'
import type { InheritPattern, Origin } from '../config/setting.ts'
import { catchOsError, type Os, OsError } from '../os/os.ts'
import { type Allowlist, checkAllowed, isAllowed } from '../policy/allowlist.ts'
import { hasWildcard, parseKeyGlob } from '../policy/glob.ts'
import { explainUnread } from '../sysctl/diagnose.ts'
import { IFNAME, ofDefault, parseSysctlKey, type SysctlKey } from '../sysctl/key.ts'
import { diagnoseMissing } from '../sysctl/missing.ts'
import { reasonNotCopied } from '../sysctl/not-copied.ts'
import { createSysctlSubject } from '../sysctl/subject.ts'
import { findMatches } from './matches.ts'
import type { Plan, Write } from './plan.ts'
import { noInterfaceYet, type PlanScope, resolveIfName } from './scope.ts'
import { lookAroundHost } from './surroundings.ts'

/** What one member of `inherit` copies. */
export interface Inheritance {
  readonly pattern: string
  /** Where it stands in the configuration. */
  readonly at: readonly PropertyKey[]
  readonly writes: Plan
  /** Why a glob copies nothing, if that is because of the node's allowlist. */
  readonly refusal?: Problem
}

/**
 * Reads the host's values of all sysctls that `patterns` name, in the netns in which the plugin was started. If a pattern has
 * IFNAME, the value of `default` is copied.
 * Throws one CniError with the reason for each plain key that cannot be copied: 100 by policy, 101 by the kernel, 7 for
 * an interface that is not there yet.
 */
export function readInheritances(os: Os, patterns: readonly InheritPattern[], scope: PlanScope): Inheritance[] {
  const problems: Problem[] = []
  const inheritances = collectInheritances(os, patterns, scope, problems)
  throwProblems(problems)
  return inheritances
}

/** The same for all that can be read, and all problems of the others. */
export function collectInheritances(
  os: Os,
  patterns: readonly InheritPattern[],
  scope: PlanScope,
  problems: Problem[],
): Inheritance[] {
  return patterns.map((wish): Inheritance => {
    const { pattern, at } = wish
    const read = hasWildcard(pattern) ? readMatches : readPlain
    return { pattern, at, ...(collect(problems, () => read(os, wish, scope)) ?? { writes: [] }) }
  })
}

/** The writes of all inheritances, each key once, ordered so that no write undoes another; pure. */
export function planInheritances(inheritances: readonly Inheritance[]): Plan {
  const byId = new Map<string, Write>()
  for (const write of inheritances.flatMap(({ writes }) => writes)) {
    const other = byId.get(write.subject.id)
    // If a glob matches the same key as a plain name, a failure is still an error.
    byId.set(write.subject.id, other?.onFailure === 'fail' ? { ...write, onFailure: 'fail' } : write)
  }
  const ranked = [...byId.values()].map((write) => ({ write, rank: rankOf(write) }))
  return ranked.sort((a, b) => a.rank - b.rank).map(({ write }) => write)
}

type Found = Pick<Inheritance, 'writes' | 'refusal'>

function readPlain(os: Os, { pattern, origin }: InheritPattern, scope: PlanScope): Found {
  const written = parseSysctlKey(pattern)
  checkAllowed(written, scope.allowlist, scope.work)
  const reason = reasonNotCopied(written)
  if (reason !== undefined) {
    throw new CniError({
      code: ErrorCode.refusedByKernel,
      msg: `${written.canonical}: is not copied from the host: ${reason}`,
    })
  }
  const key = resolveIfName(written, scope)
  const value = readHostValue(os, ofDefault(written))
  return { writes: [copy(key, value, origin, 'fail')] }
}

function copy(key: SysctlKey, value: string, inheritedBy: Origin, onFailure: Write['onFailure']): Write {
  return { subject: createSysctlSubject(key), value, origin: 'host', inheritedBy, onFailure }
}

function readHostValue(os: Os, key: SysctlKey): string {
  const value = tryToRead(os, key)
  if (!(value instanceof OsError)) return value
  const reason = ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(value.errno)
    ? diagnoseMissing(key, lookAroundHost(os))
    : explainUnread(value)
  throw new CniError({
    code: ErrorCode.refusedByKernel,
    msg: `${key.canonical}: cannot be copied from the host: ${reason}`,
  })
}

/** A glob copies what it can: not what the allowlist refuses, nor what cannot be read. */
function readMatches(os: Os, { pattern, origin }: InheritPattern, scope: PlanScope): Found {
  const glob = parseKeyGlob(pattern)
  if (scope.first && glob.segments.includes(IFNAME)) throw noInterfaceYet(pattern)
  const matches = findMatches(os, glob)
  const { allowlist, work } = scope
  const allowed = allowlist === undefined ? matches : matches.filter((key) => isAllowed(key, allowlist, work))
  const writes = allowed.flatMap((written) => {
    const key = resolveIfName(written, scope)
    const value = tryToRead(os, ofDefault(written))
    if (value instanceof OsError) return []
    return [copy(key, value, origin, 'skip')]
  })
  if (allowlist === undefined || allowed.length > 0 || matches.length === 0) return { writes }
  return { writes, refusal: notAllowed(pattern, allowlist) }
}

function notAllowed(pattern: string, { path, patterns }: Allowlist): Problem {
  return {
    code: ErrorCode.refusedByPolicy,
    msg: `inherit ${pattern}: nothing that it matches is allowed on this node by ${path}`,
    details: `${path} allows ${patterns.map(({ text }) => text).join(', ') || 'nothing'}`,
  }
}

function tryToRead(os: Os, key: SysctlKey): string | OsError {
  return catchOsError(() => os.readFile(key.path).replace(/\n$/, ''))
}

const FORWARDING = ['net.ipv4.ip_forward', 'net.ipv4.conf.all.forwarding', 'net.ipv6.conf.all.forwarding']

/**
 * Forwarding first, because it resets others (inet_forward_change, addrconf_fixup_forwarding); then `all`, which some
 * sysctls of net.ipv6.conf copy to every interface; then the rest.
 */
function rankOf({ subject: { name } }: Write): number {
  if (FORWARDING.includes(name)) return 0
  return /^net\.ipv[46]\.conf\.all\./.test(name) ? 1 : 2
}
