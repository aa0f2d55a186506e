import { CniError, ErrorCode } from '../cni/error.ts'
import { asKind } from '../os/as-kind.ts'
import { asOsError, type Os } from '../os/os.ts'
import type { SysctlKey } from '../sysctl/key.ts'
import { type Pattern, parsePattern } from './pattern.ts'
import type { Work } from './re2-match.ts'
import { PatternError } from './re2-reader.ts'

/** The files of the node's policy; the first that exists counts. The second one is that of Go's tuning plugin. */
export const ALLOWLIST_PATHS = ['/etc/cni/netns-sysctl/allowlist.conf', '/etc/cni/tuning/allowlist.conf'] as const

/** The sysctls that may be set on this node by any configuration. */
export interface Allowlist {
  readonly path: string
  readonly patterns: readonly Pattern[]
}

/**
 * Reads the node's allowlist: one regular expression a line; blank lines and lines that start with `#` are skipped.
 * Undefined if there is no allowlist: then everything is allowed.
 * Throws CniError 100 if it exists but cannot be read, or has an invalid pattern: then no pod starts.
 */
export function readAllowlist(os: Pick<Os, 'readIfExists'>): Allowlist | undefined {
  for (const path of ALLOWLIST_PATHS) {
    const text = readIfExists(os, path)
    if (text !== undefined) return { path, patterns: parseAllowPatterns(text, path) }
  }
  return undefined
}

/** Throws CniError 100 unless a pattern matches the key, in which IFNAME still stands for the interface. */
export function checkAllowed(key: SysctlKey, allowlist: Allowlist | undefined, work: Work): void {
  if (allowlist === undefined || isAllowed(key, allowlist, work)) return
  const { path, patterns } = allowlist
  throw new CniError({
    code: ErrorCode.refusedByPolicy,
    msg: `${key.canonical}: is not allowed on this node by ${path}`,
    details:
      patterns.length === 0
        ? `${path} allows nothing; add a line with a regular expression`
        : `${path} allows ${patterns.map(({ text }) => text).join(', ')}`,
  })
}

/** The same as an answer. Throws CniError 100 if the request's work is used up, which its caller must not take for a no. */
export function isAllowed({ canonical }: SysctlKey, { path, patterns }: Allowlist, work: Work): boolean {
  return patterns.some(({ text, matches }) => {
    const isMatch = matches(canonical, work)
    if (work.left >= 0) return isMatch
    work.usedUpBy ??= text
    throw new CniError({
      code: ErrorCode.refusedByPolicy,
      msg: `${path}: ${JSON.stringify(work.usedUpBy)} takes too long for the names of this request, so nothing is allowed`,
      details: 'start the line with "^" and repeat nothing within what is repeated, or name fewer sysctls',
    })
  })
}

function readIfExists(os: Pick<Os, 'readIfExists'>, path: string): string | undefined {
  try {
    return os.readIfExists(path)
  } catch (error) {
    const { errno } = asOsError(error)
    throw new CniError({
      code: ErrorCode.refusedByPolicy,
      msg: `the allowlist ${path} cannot be read (${errno}), so nothing is allowed`,
      details: 'correct the file, or remove it to allow everything',
    })
  }
}

/** The patterns of an allowlist's text. Throws CniError 100 for a line that is not a regular expression of RE2 or too large. */
export function parseAllowPatterns(text: string, path: string): Pattern[] {
  const lines = text.split('\n').map((line, index) => ({ pattern: line.trim(), number: index + 1 }))
  return lines
    .filter(({ pattern }) => pattern !== '' && !pattern.startsWith('#'))
    .map(({ pattern, number }) => parseLine(pattern, `${path}, line ${number}`))
}

function parseLine(pattern: string, place: string): Pattern {
  try {
    return parsePattern(pattern)
  } catch (error) {
    const { message } = asKind(PatternError, error)
    throw new CniError({
      code: ErrorCode.refusedByPolicy,
      msg: `${place}: ${JSON.stringify(pattern)} is not a regular expression: ${message}; so nothing is allowed`,
      details: 'correct the line; a file of patterns has one a line, like ^net\\.core\\.somaxconn$',
    })
  }
}
