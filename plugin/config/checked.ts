import type * as z from 'zod/mini'
import { ErrorCode, type Problem } from '../cni/error.ts'
import { formatPath } from '../json/path.ts'
import type { JsonObject } from './members.ts'

/** The schemas of an object's members, by name. */
export type Schemas = Readonly<Record<string, () => z.ZodMiniType>>

/** The members that are present and match their schema, unchanged. */
export type Checked<T extends Schemas> = { readonly [K in keyof T]?: z.infer<ReturnType<T[K]>> }

/**
 * Checks each member of `members` against its schema, and adds a problem with code 6 for every issue. Members
 * with an issue are not returned.
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

function toProblem(issue: z.core.$ZodIssue, prefix: readonly PropertyKey[]): Problem {
  const at = [...prefix, ...issue.path]
  return { code: ErrorCode.undecodable, msg: `${formatPath(at)} ${issue.message}`, at }
}
