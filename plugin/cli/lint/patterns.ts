import { CniError } from '../../cni/error.ts'
import { isJsonObject, type JsonObject } from '../../config/members.ts'
import { hasWildcard, keyGlobProblem, matchesGlob, parseKeyGlob } from '../../policy/glob.ts'
import { parseSysctlKey, type SysctlKey } from '../../sysctl/key.ts'
import { reasonNotCopied } from '../../sysctl/not-copied.ts'
import type { Kernel } from '../rehearse/kernel.ts'
import type { Remark } from './finding.ts'
import { reasonAgainst } from './sysctls.ts'

const NO_MATCH = 'matches nothing that can be set in a container of this node; "*" and "?" do not cross a dot'

/** Remarks on `inherit`, because of which ADD fails, and on `pod.allow`, which then allows less than intended. */
export function lintPatterns({ inherit, pod }: JsonObject, kernel: Kernel, isRehearsed: boolean): Remark[] {
  const allow = isJsonObject(pod) ? pod.allow : undefined
  return [
    ...(isRehearsed ? [] : lintList(inherit, ['inherit'], 'error', (pattern) => reasonNotInherited(pattern, kernel))),
    ...lintList(allow, ['pod', 'allow'], 'warning', (pattern) => reasonAgainstPattern(pattern, kernel, () => true)),
  ]
}

function lintList(
  list: unknown,
  at: readonly string[],
  level: Remark['level'],
  reasonAgainst: (pattern: string) => string | undefined,
): Remark[] {
  const patterns: readonly unknown[] = Array.isArray(list) ? list : []
  return patterns.flatMap((pattern, index): Remark[] => {
    const reason = typeof pattern === 'string' ? reasonAgainst(pattern) : undefined
    return reason === undefined
      ? []
      : [{ at: [...at, index], level, message: `${pattern}: ${reason}`, rule: 'pattern' }]
  })
}

function reasonNotInherited(pattern: string, kernel: Kernel): string | undefined {
  if (hasWildcard(pattern)) return reasonAgainstPattern(pattern, kernel, (key) => reasonNotCopied(key) === undefined)
  const key = parseKey(pattern)
  const reason = typeof key === 'string' ? undefined : reasonNotCopied(key)
  return reason === undefined ? reasonAgainstKey(pattern, kernel) : `is not copied from the host: ${reason}`
}

/** Why no wanted (`meant`) sysctl of a container on this node matches; ADD itself refuses an invalid glob. */
function reasonAgainstPattern(
  pattern: string,
  kernel: Kernel,
  isMeant: (key: SysctlKey) => boolean,
): string | undefined {
  if (keyGlobProblem(pattern) !== undefined) return undefined
  if (!hasWildcard(pattern)) return reasonAgainstKey(pattern, kernel)
  // The key that stands for an interface in a new netns, see ofNewInterface().
  const globs = ['default', 'lo'].map((name) => parseKeyGlob(pattern.replaceAll('.IFNAME.', `.${name}.`)))
  const { inNetns } = kernel.netns ?? kernel.host
  const matching = [...inNetns.keys()].filter((name) => globs.some((glob) => matchesGlob(glob, name)))
  const hasMatch = matching.some((name) => {
    const key = parseKey(name)
    return typeof key !== 'string' && isMeant(key) && reasonAgainst(key, kernel) === undefined
  })
  return hasMatch ? undefined : NO_MATCH
}

function reasonAgainstKey(text: string, kernel: Kernel): string | undefined {
  const key = parseKey(text)
  return typeof key === 'string' ? key : reasonAgainst(key, kernel)
}

/** The key, or the reason why it is not a key. */
function parseKey(text: string): SysctlKey | string {
  try {
    return parseSysctlKey(text)
  } catch (error) {
    if (!(error instanceof CniError)) throw error
    return error.message.startsWith(`${text}: `) ? error.message.slice(text.length + 2) : error.message
  }
}
