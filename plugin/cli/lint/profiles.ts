import { isJsonObject, type JsonObject } from '../../config/members.ts'
import { hasProfile, unknownProfile } from '../../config/profiles.ts'
import { NAMESPACE_POD_SCHEMAS, NAMESPACE_SCHEMAS, PROFILE_SCHEMAS } from '../../config/schema.ts'
import { matchesSegment } from '../../policy/glob.ts'
import { sortNames } from '../as-sent.ts'
import type { Kernel } from '../rehearse/kernel.ts'
import type { Remark } from './finding.ts'
import { lintInterfaces } from './interfaces.ts'
import { lintPatterns } from './patterns.ts'
import { lintEffects, lintSysctls } from './sysctls.ts'
import { findUnknown } from './unknown.ts'

/** Remarks on one member of `profiles`, without those of its rehearsal. */
export function lintProfile(entry: JsonObject, name: string, kernel: Kernel, isRehearsed: boolean): Remark[] {
  const profile = isJsonObject(entry.profiles) ? entry.profiles[name] : undefined
  const own = isJsonObject(profile) ? profile : {}
  const at = ['profiles', name]
  return [
    ...findUnknown(own, Object.keys(PROFILE_SCHEMAS), [], at),
    ...within(at, lintInterfaces({ sysctl: own.sysctl }, kernel.ifName)),
    ...within(at, isRehearsed ? [] : lintSysctls(own, kernel)),
    ...within(at, lintEffects(own, kernel, entry)),
    ...within(at, lintPatterns({ inherit: own.inherit }, kernel, isRehearsed)),
  ]
}

/** Remarks on `namespaces`, in the order of `globs`, and on who gets which profile. */
export function lintNamespaces(entry: JsonObject, globs: readonly string[], kernel: Kernel): Remark[] {
  const profiles = isJsonObject(entry.profiles) ? entry.profiles : {}
  const namespaces = isJsonObject(entry.namespaces) ? entry.namespaces : {}
  return [
    ...globs.flatMap((glob, index) => lintNamespace(namespaces[glob], globs, index, profiles, kernel)),
    ...lintChoices(entry.pod, profiles, ['pod', 'profiles']),
    ...findUnused(entry, namespaces, profiles),
  ]
}

function lintNamespace(
  value: unknown,
  globs: readonly string[],
  index: number,
  profiles: JsonObject,
  kernel: Kernel,
): Remark[] {
  const glob = globs[index] as string
  const at = ['namespaces', glob]
  const { profile, pod } = isJsonObject(value) ? value : {}
  const remarks: Remark[] = [
    ...findUnknown(value, Object.keys(NAMESPACE_SCHEMAS), [], at),
    ...findUnknown(pod, Object.keys(NAMESPACE_POD_SCHEMAS), [], [...at, 'pod']),
    ...within(at, lintPatterns({ pod }, kernel, true)),
    ...lintChoices(pod, profiles, [...at, 'pod', 'profiles']),
  ]
  const other = globs.slice(0, index).find((each) => covers(each, glob))
  const sooner = sortNames(globs).slice(0, sortNames(globs).indexOf(glob))
  const first = sooner.find((each) => covers(each, glob))
  if (other !== undefined || first !== undefined) {
    const reason =
      other === undefined
        ? `${JSON.stringify(first)} matches the same, and runtimes sort the globs by name`
        : `${JSON.stringify(other)} before it matches the same`
    remarks.push({ at, level: 'warning', message: `${glob}: is never reached, because ${reason}`, rule: 'pod' })
  }
  const isUnknown = typeof profile === 'string' && !hasProfile(profiles, profile)
  return isUnknown ? [...remarks, unknown('profile', profile, profiles, [...at, 'profile'])] : remarks
}

function lintChoices(pod: unknown, profiles: JsonObject, at: readonly string[]): Remark[] {
  return namesOf(pod).flatMap((name, index) => {
    return hasProfile(profiles, name) ? [] : [unknown('pod.profiles:', name, profiles, [...at, index])]
  })
}

/** A profile that does not exist: ADD refuses it when it is needed. */
function unknown(where: string, name: string, profiles: JsonObject, at: readonly PropertyKey[]): Remark {
  const { msg, details } = unknownProfile(where, name, profiles, at)
  return { at, level: 'error', message: `${msg}; ${details}`, rule: 'invalid' }
}

function findUnused(entry: JsonObject, namespaces: JsonObject, profiles: JsonObject): Remark[] {
  const members = Object.values(namespaces).filter(isJsonObject)
  const used = [...namesOf(entry.pod), ...members.flatMap(({ profile, pod }) => [profile, ...namesOf(pod)])]
  const unused = Object.keys(profiles).filter((name) => !used.includes(name))
  return unused.map((name): Remark => {
    const message = `${name}: no namespace has this profile, and no pod may choose it`
    return { at: ['profiles', name], level: 'warning', message, rule: 'pod' }
  })
}

/** Longer than any namespace's name. */
const LONG = '*'.repeat(64)

/** Whether a glob matches everything that another one matches: tried with empty stars, and with very long ones. */
function covers(glob: string, other: string): boolean {
  return matchesSegment(glob, other.replaceAll('*', '')) && matchesSegment(glob, other.replaceAll('*', LONG))
}

/** The profiles that pods may choose by a member `pod`. */
function namesOf(pod: unknown): string[] {
  const list = isJsonObject(pod) ? pod.profiles : undefined
  return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : []
}

function within(at: readonly string[], remarks: readonly Remark[]): Remark[] {
  return remarks.map((remark) => ({ ...remark, at: [...at, ...remark.at] }))
}
