import { CniError, type Problem } from '../../plugin/cni/error.ts'

/** The problems of the CniError that `action` throws, without their members. */
export function problemsOf(action: () => unknown): readonly Omit<Problem, 'at'>[] {
  const error = errorOf(action)
  if (error instanceof CniError) return withoutPlaces(error.problems)
  throw error
}

export function withoutPlaces(problems: readonly Problem[]): readonly Omit<Problem, 'at'>[] {
  return problems.map(({ at, ...problem }) => problem)
}

/** What `action` throws. Throws if `action` does not. */
export function errorOf(action: () => unknown): unknown {
  let result: unknown
  try {
    result = action()
  } catch (error) {
    return error
  }
  throw new Error(`nothing was thrown, but returned: ${String(result)}`)
}
