import { CniError, ErrorCode } from '../../cni/error.ts'
import { hasWildcard, keyGlobProblem, matchesGlob, parseKeyGlob } from '../../policy/glob.ts'
import type { SysctlTree } from '../../subject/surroundings.ts'
import { parseSysctlKey, SYSCTL_ROOT, type SysctlKey } from '../../sysctl/key.ts'

/** A name that is not a sysctl of a network namespace. */
export interface NoKey {
  readonly text: string
  readonly reason: string
  /** False if there is no such sysctl; null for other namespaces, which are not checked. */
  readonly exists: false | null
}

export type Asked = { readonly key: SysctlKey } | NoKey

/** The sysctls that a person means by a name, a glob or a path; `tree` has the host's sysctls. */
export function parseAsked(given: string, tree: SysctlTree): Asked[] {
  const text = given.startsWith(`${SYSCTL_ROOT}/`) ? given.slice(SYSCTL_ROOT.length + 1) : given
  return hasWildcard(text) ? parseGlob(text, tree) : [parseName(text, tree)]
}

function parseGlob(text: string, tree: SysctlTree): Asked[] {
  const problem = keyGlobProblem(text)
  if (problem !== undefined) return [{ text, reason: problem, exists: false }]
  const glob = parseKeyGlob(text.replaceAll('.IFNAME.', '.default.'))
  const names = [...tree.keys()].filter((name) => matchesGlob(glob, name))
  if (names.length === 0) {
    return [{ text, reason: 'matches no sysctl of the host; "*" and "?" do not cross a dot', exists: false }]
  }
  const restore = (name: string) => (text.includes('.IFNAME.') ? name.replace('.default.', '.IFNAME.') : name)
  return names.sort().map((name) => parseName(restore(name), tree))
}

function parseName(text: string, tree: SysctlTree): Asked {
  try {
    return { key: parseSysctlKey(text) }
  } catch (error) {
    if (!(error instanceof CniError)) throw error
    const reason = error.message.startsWith(`${text}: `) ? error.message.slice(text.length + 2) : error.message
    if (error.code === ErrorCode.refusedByKernel) return { text, reason, exists: null }
    const meant = [...tree.keys()].find((name) => name.endsWith(`.${text}`))
    return { text, reason: meant === undefined ? reason : `${reason}; did you mean ${meant}?`, exists: false }
  }
}
