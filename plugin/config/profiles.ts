import { ErrorCode, type Problem } from '../cni/error.ts'
import { checkMembers } from './checked.ts'
import { checkKnown } from './known.ts'
import { isJsonObject, type JsonObject } from './members.ts'
import { checkInherit } from './patterns.ts'
import { CONF_SCHEMAS, PROFILE_SCHEMAS } from './schema.ts'
import { type InheritPattern, type Setting, toSettings } from './setting.ts'

/** Named sets of sysctls, not checked yet: a pod needs at most two of them. */
export type Profiles = JsonObject

/** What one profile wants. */
export interface Profile {
  readonly name: string
  /** Who has chosen it. */
  readonly origin: 'namespace' | 'profile'
  readonly inherit: readonly InheritPattern[]
  readonly settings: readonly Setting[]
}

/** Whether there is a profile of that name. `toString`, which every object has, is none. */
export function hasProfile(profiles: Profiles, name: string): boolean {
  return Object.hasOwn(profiles, name)
}

/** A profile that exists, see {@link hasProfile}. Adds problems: code 6 for the schema, 2 for an invalid glob. */
export function parseProfile(
  profiles: Profiles,
  name: string,
  origin: Profile['origin'],
  problems: Problem[],
): Profile {
  const value = profiles[name]
  checkMembers({ [name]: CONF_SCHEMAS.profiles }, { [name]: value }, ['profiles'], problems)
  const at = ['profiles', name]
  const members = checkKnown(PROFILE_SCHEMAS, isJsonObject(value) ? value : {}, at, problems)
  return {
    name,
    origin,
    inherit: checkInherit(members.inherit, origin, at, problems),
    settings: toSettings(members.sysctl, origin),
  }
}

/** The problem that no profile has this name, code 7; the message starts with `where`. */
export function unknownProfile(where: string, name: string, profiles: Profiles, at: readonly PropertyKey[]): Problem {
  const names = Object.keys(profiles).map((each) => JSON.stringify(each))
  return {
    code: ErrorCode.invalidConfig,
    msg: `${where} ${JSON.stringify(name)} is not a profile; ${names.length === 0 ? 'there are none' : `there are ${names.join(', ')}`}`,
    details: 'the member "profiles" of the network\'s configuration has them',
    at,
  }
}
