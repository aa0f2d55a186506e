import { CniError, ErrorCode } from '../cni/error.ts'
import { isAbsent } from '../os/errno.ts'
import { type Os, OsError } from '../os/os.ts'
import type { SysctlKey } from '../sysctl/key.ts'

/** Where the node's policy is; the first that exists counts. The second is that of Go's tuning plugin. */
export const ALLOWLIST_PATHS = ['/etc/cni/netns-sysctl/allowlist.conf', '/etc/cni/tuning/allowlist.conf'] as const

/** The sysctls that may be set on this node by any configuration. */
export interface Allowlist {
  readonly path: string
  readonly patterns: readonly AllowPattern[]
}

interface AllowPattern {
  /** The line, as it was written. */
  readonly text: string
  readonly regexp: RegExp
}

/**
 * Reads the node's allowlist: one regular expression a line; blank lines and lines that start with `#` are skipped.
 * Undefined where there is none: then everything is allowed.
 * Throws CniError 100 where one exists that cannot be read or has a bad pattern, so that it fails closed.
 */
export function readAllowlist(os: Pick<Os, 'readIfExists'>): Allowlist | undefined {
  for (const path of ALLOWLIST_PATHS) {
    const text = readIfExists(os, path)
    if (text !== undefined) return { path, patterns: parseAllowPatterns(text, path) }
  }
  return undefined
}

/** Throws CniError 100 unless a pattern matches the key, in which IFNAME still stands for the interface. */
export function checkAllowed(key: SysctlKey, allowlist: Allowlist | undefined): void {
  if (allowlist === undefined || allowlist.patterns.some(({ regexp }) => regexp.test(key.canonical))) return
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

function readIfExists(os: Pick<Os, 'readIfExists'>, path: string): string | undefined {
  try {
    return os.readIfExists(path)
  } catch (error) {
    if (!(error instanceof OsError)) throw error
    if (isAbsent(error)) return undefined
    throw new CniError({
      code: ErrorCode.refusedByPolicy,
      msg: `the allowlist ${path} cannot be read (${error.errno}), so nothing is allowed`,
      details: 'mend the file, or remove it to allow everything',
    })
  }
}

/** The patterns of an allowlist's text. Throws CniError 100 for what is no regular expression. */
export function parseAllowPatterns(text: string, path: string): AllowPattern[] {
  const lines = text.split('\n').map((line, index) => ({ pattern: line.trim(), number: index + 1 }))
  return lines
    .filter(({ pattern }) => pattern !== '' && !pattern.startsWith('#'))
    .map(({ pattern, number }) => ({ text: pattern, regexp: parsePattern(pattern, `${path}, line ${number}`) }))
}

/**
 * A pattern in the syntax of Go's regexp, which tuning's files have, as far as it can mean the same here; with the
 * flag `u`, what JavaScript would read otherwise (`\z`, `[[:alpha:]]`) is an error instead.
 */
function parsePattern(pattern: string, place: string): RegExp {
  const [, flags = '', body = ''] = /^(?:\(\?([ims]+)\))?(.*)$/su.exec(pattern) ?? []
  // Go lets any punctuation be escaped, the flag u only what has a meaning; an escaped backslash is a pair.
  const source = body.replace(/\\\\|\\([^a-zA-Z0-9^$\\.*+?()[\]{}|/])/gu, (pair, mark?: string) =>
    mark === undefined ? pair : `\\u{${mark.codePointAt(0)?.toString(16)}}`,
  )
  try {
    return new RegExp(source, `u${flags}`)
  } catch {
    throw new CniError({
      code: ErrorCode.refusedByPolicy,
      msg: `${place}: ${JSON.stringify(pattern)} is no regular expression, so nothing is allowed`,
      details: `mend the line; a file of patterns has one a line, like ^net\\.core\\.somaxconn$`,
    })
  }
}
