import { CniError, type Problem } from '../../plugin/cni/error.ts'

/** The problems of the CniError that `action` throws. */
export function problemsOf(action: () => unknown): readonly Problem[] {
  const error = errorOf(action)
  if (error instanceof CniError) return error.problems
  throw error
}

/** What `action` throws. Throws itself where it does not. */
export function errorOf(action: () => unknown): unknown {
  let result: unknown
  try {
    result = action()
  } catch (error) {
    return error
  }
  throw new Error(`nothing was thrown, but returned: ${String(result)}`)
}
