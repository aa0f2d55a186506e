import { ErrorCode, type Problem } from '../cni/error.ts'
import { formatPath } from '../json/path.ts'
import { hasWildcard, type KeyGlob, keyGlobProblem, parseKeyGlob } from '../policy/glob.ts'
import type { InheritPattern, Origin } from './setting.ts'

/** The items of the `inherit` in the object at `at`. Adds a problem with code 2 for each invalid glob. */
export function checkInherit(
  patterns: readonly string[] = [],
  origin: Origin,
  at: readonly string[],
  problems: Problem[],
): InheritPattern[] {
  return patterns.map((pattern, index) => {
    const place = [...at, 'inherit', index]
    const problem = hasWildcard(pattern) ? keyGlobProblem(pattern) : undefined
    if (problem !== undefined) problems.push(badPattern(place, pattern, problem))
    return { pattern, origin, at: place }
  })
}

/** The globs of the `allow` in the object at `at`. An invalid one is left out, and adds a problem with code 2. */
export function parseAllow(patterns: readonly string[] = [], at: readonly string[], problems: Problem[]): KeyGlob[] {
  const good = patterns.filter((pattern, index) => {
    const problem = keyGlobProblem(pattern)
    if (problem !== undefined) problems.push(badPattern([...at, 'allow', index], pattern, problem))
    return problem === undefined
  })
  return good.map(parseKeyGlob)
}

function badPattern(at: readonly PropertyKey[], pattern: string, reason: string): Problem {
  return {
    code: ErrorCode.unsupportedValue,
    msg: `${formatPath(at)} ${JSON.stringify(pattern)} ${reason}`,
    details: 'patterns are like net.core.somaxconn and net.ipv4.tcp_keepalive_*',
    at,
  }
}
