import * as z from 'zod/mini'
import { ErrorCode, type Problem } from '../cni/error.ts'
import { formatPath } from '../json/path.ts'
import type { JsonObject } from './members.ts'

z.config({ jitless: true })

type Schemas = Readonly<Record<string, () => z.ZodMiniType>>

/** The members that the plugin reads of a configuration; a function each, so that only what is given gets built. */
export const CONF_SCHEMAS = {
  sysctl: sysctls,
  args: anyObject,
  prevResult: anyObject,
} as const satisfies Schemas

/** The members that the plugin reads of `args.cni`: the conventions of CNI's CONVENTIONS.md. */
export const ARGS_SCHEMAS = {
  sysctl: sysctls,
} as const satisfies Schemas

/** The members that are present and of their schema, as they were given. */
export type Checked<T extends Schemas> = { readonly [K in keyof T]?: z.infer<ReturnType<T[K]>> }

/**
 * Checks each member of `members` against its schema, and adds a problem with code 6 for every issue; a member that
 * has one is left out of what is returned.
 */
export function checkMembers<T extends Schemas>(
  schemas: T,
  members: JsonObject,
  at: readonly PropertyKey[],
  problems: Problem[],
): Checked<T> {
  const checked: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(members)) {
    const issues = schemas[name]?.().safeParse(value).error?.issues ?? []
    for (const issue of issues) problems.push(toProblem(issue, [...at, name]))
    if (issues.length === 0) checked[name] = value
  }
  return checked as Checked<T>
}

function sysctls() {
  const error = expected('a string, an integer or a boolean')
  return z.record(
    z.string(),
    // z.int words what is beyond 2^53 itself.
    z.union([z.string(), z.int({ error }), z.boolean()], { error }),
    { error: expected('an object of names and values') },
  )
}

function anyObject() {
  return z.record(z.string(), z.unknown(), { error: expected('an object') })
}

/** The wording of an issue; zod/mini has none of its own. */
function expected(what: string): (issue: { readonly input?: unknown }) => string {
  return ({ input }) => `must be ${what}, not ${describe(input)}`
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'an array'
  if (value === null || typeof value !== 'object') return String(JSON.stringify(value)).slice(0, 80)
  return 'an object'
}

function toProblem(issue: z.core.$ZodIssue, at: readonly PropertyKey[]): Problem {
  return { code: ErrorCode.undecodable, msg: `${formatPath([...at, ...issue.path])} ${issue.message}` }
}
