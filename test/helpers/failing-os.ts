import { type Os, OsError } from '../../plugin/os/os.ts'

/** How the n-th call of the seam fails. */
export type Failure =
  /** It does nothing, or everything, and throws an errno. */
  | { readonly kind: 'error'; readonly errno: string; readonly isDone: boolean }
  /** The process is killed before the call. */
  | { readonly kind: 'kill' }

export interface FailingOs {
  readonly os: Os
  /** The names of the calls that may fail, in order. */
  readonly calls: string[]
}

/** Calls that do not touch the node, or cannot fail. */
const SAFE = new Set(['args', 'getenv', 'isTerminal', 'close', 'sleep', 'writeStderr'])

/** Calls with an effect: they may take effect and fail nevertheless, as a rename whose fsync(2) fails. */
export const EFFECTIVE = new Set([
  'replaceFile',
  'removeFile',
  'makeFolder',
  'removeFolder',
  'makeDirectory',
  'writeSysctl',
  'writeFile',
  'enterNetns',
])

/** An operating system whose call number `at`, from 0, fails; none if that is -1. */
export function createFailingOs(os: Os, at = -1, failure: Failure = { kind: 'kill' }): FailingOs {
  const calls: string[] = []
  const entries = Object.entries(os).map(([name, member]) => {
    if (typeof member !== 'function' || SAFE.has(name)) return [name, member]
    const call = (...args: readonly unknown[]): unknown => {
      calls.push(name)
      const number = calls.length - 1
      if (number < at || at < 0) return Reflect.apply(member, os, args)
      if (failure.kind === 'kill') throw new Killed()
      if (number > at) return Reflect.apply(member, os, args)
      if (failure.isDone) Reflect.apply(member, os, args)
      throw new OsError(failure.errno, name, pathOf(args))
    }
    return [name, call]
  })
  return { os: Object.fromEntries(entries) as unknown as Os, calls }
}

/** Nothing more happens from now on: every later call is killed too. */
class Killed extends Error {}

function pathOf([first]: readonly unknown[]): string {
  if (typeof first === 'string') return first
  const { path } = (first ?? {}) as { path?: unknown }
  return typeof path === 'string' ? path : 'injected'
}
