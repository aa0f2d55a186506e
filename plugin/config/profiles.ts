import { ErrorCode, type Problem } from '../cni/error.ts'
import { checkMembers } from './checked.ts'
import { checkKnown } from './known.ts'
import { isJsonObject, type JsonObject } from './members.ts'
import { checkInherit } from './patterns.ts'
import { CONF_SCHEMAS, PROFILE_SCHEMAS } from './schema.ts'
import { type InheritPattern, type Setting, toSettings } from './setting.ts'

/** Named sets of sysctls, not yet looked into: a pod needs two of them at most. */
export type Profiles = JsonObject

/** What one profile wants. */
export interface Profile {
  readonly name: string
  /** Whose choice it is. */
  readonly origin: 'namespace' | 'profile'
  readonly inherit: readonly InheritPattern[]
  readonly settings: readonly Setting[]
}

/** Whether there is a profile of that name, and not something that every object has. */
export function hasProfile(profiles: Profiles, name: string): boolean {
  return Object.hasOwn(profiles, name)
}

/** The profile that {@link hasProfile}. Adds problems with code 6 of the schema, 2 of a bad glob. */
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

/** A problem with a name that no profile has, code 7; `where` stands before the name in the message. */
export function unknownProfile(where: string, name: string, profiles: Profiles, at: readonly PropertyKey[]): Problem {
  const names = Object.keys(profiles).map((each) => JSON.stringify(each))
  return {
    code: ErrorCode.invalidConfig,
    msg: `${where} ${JSON.stringify(name)} is not a profile; ${names.length === 0 ? 'there are none' : `there are ${names.join(', ')}`}`,
    details: 'the member "profiles" of the network\'s configuration has them',
    at,
  }
}
