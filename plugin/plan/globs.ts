import { ErrorCode, type Problem, throwProblems } from '../cni/error.ts'
import { log } from '../os/log.ts'
import type { Os } from '../os/os.ts'
import { hasWildcard } from '../policy/glob.ts'
import type { Inheritance } from './inherit.ts'
import type { Target } from './target.ts'

/**
 * Logs what each glob has copied that no other setting replaces. Throws one CniError for globs that copied nothing: 100 if the
 * allowlist refused everything, otherwise 101.
 */
export function reportGlobs(os: Os, inheritances: readonly Inheritance[], targets: readonly Target[]): void {
  const globs = inheritances.filter(({ pattern }) => hasWildcard(pattern))
  if (globs.length === 0) return
  const origins = new Map(targets.map(({ write }) => [write.subject.id, write.origin]))
  const problems = globs.flatMap((glob): Problem[] => {
    const taken = glob.writes.filter(({ subject }) => origins.has(subject.id))
    if (taken.length === 0) return [glob.refusal ?? tookNothing(glob)]
    const copied = taken.filter(({ subject }) => origins.get(subject.id) === 'host')
    const keys = copied.map(({ subject }) => subject.name).join(', ')
    if (copied.length > 0) log(os, `inherit ${glob.pattern}: copies ${copied.length} from the host: ${keys}`)
    return []
  })
  throwProblems(problems)
}

function tookNothing({ pattern, writes }: Inheritance): Problem {
  const reason =
    writes.length === 0 ? 'matches no sysctl of the host that may be copied' : 'matches only what a container has not'
  return {
    code: ErrorCode.refusedByKernel,
    msg: `inherit ${pattern}: ${reason}`,
    details: '"*" and "?" do not cross a dot',
  }
}
