import { ErrorCode, type Problem } from '../cni/error.ts'
import { formatPath } from '../json/path.ts'
import { LINK_ATTRIBUTES, type LinkAttribute } from '../link/attributes.ts'
import { macProblem, normalizeMac } from '../link/mac.ts'

/** The wanted attributes of CNI_IFNAME, as text. An attribute that is not configured stays unchanged. */
export type LinkSettings = { readonly [A in LinkAttribute]?: string }

/** The source of an attribute's value. */
export interface LinkSource {
  readonly at: readonly string[]
  readonly values: { readonly [A in LinkAttribute]?: string | number | boolean | undefined }
  /** An empty MAC address or an MTU of 0 cancels the value of earlier sources. */
  readonly mayTakeBack?: boolean
}

/**
 * The attributes of all sources; a later source wins, as in tuning. An empty MAC address and an MTU of 0 mean "not set",
 * as there. An impossible value adds a problem with code 2.
 */
export function parseLinkSettings(sources: readonly LinkSource[], problems: Problem[]): LinkSettings {
  const settings: Partial<Record<LinkAttribute, string>> = {}
  for (const attribute of LINK_ATTRIBUTES) {
    const { at, values } = lastOf(attribute, sources)
    const value = values[attribute]
    if (!isWish(attribute, value)) continue
    const reason = valueProblem(attribute, value)
    if (reason === undefined) settings[attribute] = toText(attribute, value)
    else problems.push(badValue([...at, attribute], value, reason))
  }
  return settings
}

/** With `first` there is no interface yet. Adds a problem with code 7 for each attribute that is configured. */
export function refuseLink(link: LinkSettings, sources: readonly LinkSource[], problems: Problem[]): void {
  for (const attribute of LINK_ATTRIBUTES) {
    if (link[attribute] === undefined) continue
    const at = [...lastOf(attribute, sources).at, attribute]
    problems.push({
      code: ErrorCode.invalidConfig,
      msg: `${formatPath(at)}: with "first" there is no interface yet`,
      details: 'put it into an entry of netns-sysctl behind the network plugin',
      at,
    })
  }
}

/** The source that decides about an attribute; one without values if there is none. */
function lastOf(attribute: LinkAttribute, sources: readonly LinkSource[]): LinkSource {
  const last = sources.findLast(
    ({ values, mayTakeBack }) => isWish(attribute, values[attribute]) || (mayTakeBack && attribute in values),
  )
  return last ?? { at: [], values: {} }
}

function isWish<T>(attribute: LinkAttribute, value: T | undefined): value is T {
  return value !== undefined && value !== '' && !(attribute === 'mtu' && value === 0)
}

/** The ioctls of netdevice(7) take an int. */
const MAX_INT = 0x7fffffff

function valueProblem(attribute: LinkAttribute, value: string | number | boolean): string | undefined {
  if (attribute === 'mac') return macProblem(String(value))
  return Number(value) < 0 || Number(value) > MAX_INT ? `must be from 0 to ${MAX_INT}` : undefined
}

function toText(attribute: LinkAttribute, value: string | number | boolean): string {
  if (attribute === 'mac') return normalizeMac(String(value)) ?? ''
  return String(Number(value))
}

function badValue(at: readonly string[], value: unknown, reason: string): Problem {
  return { code: ErrorCode.unsupportedValue, msg: `${formatPath(at)} ${JSON.stringify(value)} ${reason}`, at }
}
