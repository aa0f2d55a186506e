import { type Pattern, parsePattern } from '../../policy/pattern.ts'
import { PatternError } from '../../policy/re2-reader.ts'
import type { Kernel } from '../rehearse/kernel.ts'
import type { Finding } from './finding.ts'

/** Remarks on an allowlist: a file of regular expressions. */
export function lintAllowlist(file: string, text: string, kernel: Kernel): Finding[] {
  const keys = possibleKeys(kernel)
  const lines = text.split('\n').map((raw, index) => {
    const pattern = raw.trim()
    return { pattern, line: index + 1, column: raw.indexOf(pattern) + 1 }
  })
  const patterns = lines.filter(({ pattern }) => pattern !== '' && !pattern.startsWith('#'))
  if (patterns.length === 0) {
    const message = 'has no regular expression, and so allows nothing'
    return [{ file, line: 1, column: 1, level: 'warning', message, rule: 'allowlist' }]
  }
  return patterns.flatMap(({ pattern, line, column }) => {
    return lintPattern(pattern, keys).map((found) => ({ file, line, column, ...found, rule: 'allowlist' }))
  })
}

function lintPattern(pattern: string, keys: readonly string[]): Pick<Finding, 'level' | 'message'>[] {
  const parsed = tryToParse(pattern)
  if (typeof parsed === 'string') {
    const message = `${pattern}: is not a regular expression: ${parsed}; so nothing is allowed and no pod starts`
    return [{ level: 'error', message }]
  }
  const open = openEnds(pattern)
  if (open !== undefined) return [{ level: 'warning', message: `${pattern}: ${open}` }]
  if (keys.some((key) => parsed.matches(key))) return []
  return [{ level: 'warning', message: `${pattern}: matches no sysctl of this node` }]
}

/** The parsed pattern, or why it is invalid. */
function tryToParse(text: string): Pattern | string {
  try {
    return parsePattern(text)
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    return error.message
  }
}

/** A pattern that also matches parts of names: Go's tuning and this plugin search it anywhere in a name. */
function openEnds(pattern: string): string | undefined {
  const branches = splitBranches(pattern.replace(/^\(\?[ims]+\)/, ''))
  const isOpenAtStart = branches.some((branch) => !branch.startsWith('^'))
  const isOpenAtEnd = branches.some((branch) => !/(^|[^\\])(\\\\)*\$$/.test(branch))
  const each = branches.length > 1 ? 'each side of "|"' : 'it'
  if (isOpenAtStart && isOpenAtEnd) return `matches anywhere in a name; start ${each} with "^" and end it with "$"`
  if (isOpenAtStart) return `matches the ends of longer names too; start ${each} with "^"`
  return isOpenAtEnd ? `matches the starts of longer names too; end ${each} with "$"` : undefined
}

/** The alternatives at the top of a regular expression, without those inside groups and classes. */
function splitBranches(pattern: string): string[] {
  const branches = ['']
  let depth = 0
  for (const [token] of pattern.matchAll(/\\.|\[\^?\]?(?:\\.|[^\]])*\]|./gsu)) {
    if (token === '(') depth += 1
    if (token === ')') depth -= 1
    if (token === '|' && depth === 0) branches.push('')
    else branches[branches.length - 1] += token
  }
  return branches
}

/** Names for a configuration: the host's, a container's, and those of its interface. */
function possibleKeys({ host, netns }: Kernel): string[] {
  const keys = new Set([...host.inNetns.keys(), ...(netns?.inNetns.keys() ?? [])])
  return [...keys].flatMap((key) => {
    return key.includes('.default.')
      ? [key, ...['IFNAME', 'eth0'].map((name) => key.replace('.default.', `.${name}.`))]
      : [key]
  })
}
