import { collect, type Problem } from '../cni/error.ts'
import { type Checked, checkMembers, type Schemas } from './checked.ts'
import { type JsonObject, pickMembers } from './members.ts'

/** The members of `object` that have a schema and match it. For the others, problems are added to `problems`. */
export function checkKnown<T extends Schemas>(
  schemas: T,
  object: JsonObject,
  at: readonly string[],
  problems: Problem[],
): Checked<T> {
  const picked = collect(problems, () => pickMembers(object, Object.keys(schemas), at)) ?? {}
  return checkMembers(schemas, picked, at, problems)
}
