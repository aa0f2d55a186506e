import { asKind } from '../os/as-kind.ts'
import { visibleLine } from '../os/visible.ts'
import { LATEST_VERSION } from './version.ts'

/** Error codes: 1-99 are the CNI specification's ("Error"), from 100 on the plugin's own. */
export const ErrorCode = {
  incompatibleVersion: 1,
  unsupportedValue: 2,
  invalidEnvironment: 4,
  io: 5,
  undecodable: 6,
  invalidConfig: 7,
  invalidNetns: 8,
  tryAgainLater: 11,
  notAvailable: 50,
  refusedByPolicy: 100,
  refusedByKernel: 101,
  checkFailed: 102,
  bug: 999,
} as const

export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode]

/** One problem: `msg` is short and says what is wrong and why; `details` says what was given and how to fix it. */
export interface Problem {
  readonly code: ErrorCode
  readonly msg: string
  readonly details?: string
  /** The member of the configuration that it is about, for lint. */
  readonly at?: readonly PropertyKey[]
}

/** The plugin cannot do what was asked: one problem or several, in the order in which they were found. */
export class CniError extends Error {
  readonly problems: readonly [Problem, ...Problem[]]

  constructor(...problems: readonly [Problem, ...Problem[]]) {
    super(joinBounded([...new Set(problems.map((problem) => problem.msg))]))
    this.name = 'CniError'
    this.problems = problems
  }

  /** The first problem's code. */
  get code(): ErrorCode {
    return this.problems[0].code
  }

  get details(): string {
    const details = this.problems.flatMap((problem) => problem.details ?? [])
    return joinBounded([...new Set(details)])
  }
}

/** Runtimes put the text into their logs and into a pod's events. Parts of it may come from the pod. */
const MOST_CHARACTERS = 16 * 1024

function joinBounded(texts: readonly string[]): string {
  const joined = texts.join('; ')
  return joined.length <= MOST_CHARACTERS ? joined : `${joined.slice(0, MOST_CHARACTERS)}… (${texts.length} in all)`
}

/** Runs `action` and keeps the problems of the CniError that it throws, so that the next check can run too. */
export function collect<T>(problems: Problem[], action: () => T): T | undefined {
  try {
    return action()
  } catch (error) {
    problems.push(...asKind(CniError, error).problems)
    return undefined
  }
}

/** Throws all problems as one CniError, if there are any. */
export function throwProblems(problems: readonly Problem[]): void {
  const [first, ...rest] = problems
  if (first !== undefined) throw new CniError(first, ...rest)
}

/** The JSON document of CNI's "Error" section, on one line. Runtimes print its texts to terminals and logs. */
export function formatError(error: CniError, cniVersion: string | undefined): string {
  const { code, message, details } = error
  const document = {
    cniVersion: cniVersion ?? LATEST_VERSION,
    code,
    msg: visibleLine(message),
    details: visibleLine(details),
  }
  return `${JSON.stringify(document)}\n`
}
