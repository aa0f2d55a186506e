import { POD_ANNOTATIONS } from '../../cni/capabilities.ts'
import { isJsonObject, type JsonObject } from '../../config/members.ts'
import { ARGS_SCHEMAS, CONF_SCHEMAS, POD_SCHEMAS } from '../../config/schema.ts'
import type { Place } from '../../json/positions.ts'
import type { Fault } from '../../plan/rehearsal.ts'
import type { Kernel } from '../rehearse/kernel.ts'
import type { Remark, Rule } from './finding.ts'
import { lintInterfaces } from './interfaces.ts'
import { lintMtu } from './ipv6.ts'
import { lintPatterns } from './patterns.ts'
import { lintNamespaces, lintProfile } from './profiles.ts'
import { lintEffects, lintSysctls } from './sysctls.ts'
import { findUnknown } from './unknown.ts'

const OWN = Object.keys(CONF_SCHEMAS)

/** Members that libcni and the runtimes read or add. */
const FOREIGN = ['cniVersion', 'name', 'type', 'capabilities', 'ipam', 'dns', 'disableCheck', 'disableGC', 'ipMasq']

/** The place of an entry's member in its file. */
export type PlaceOf = (at: readonly PropertyKey[]) => Place

/** Remarks on one entry of type netns-sysctl, whose own members start at `at: []`. */
export function lintEntry(written: JsonObject, kernel: Kernel, placeOf?: PlaceOf): Remark[] {
  const { entry, spellings } = unifySpelling(written)
  const globs = orderGlobs(entry.namespaces, spellings.get('namespaces') ?? 'namespaces', placeOf)
  const args = isJsonObject(entry.args) ? entry.args.cni : undefined
  const { faults = [], isRehearsed = false, ifName = kernel.ifName } = kernel.outcomes.get(written) ?? {}
  const told = [...lintInterfaces(entry, ifName), ...faults.map(toRemark)]
  const profiles = Object.keys(isJsonObject(entry.profiles) ? entry.profiles : {})
  // The result of a rehearsal counts, not what can be guessed without one.
  const guessed = [
    ...(isRehearsed ? [] : lintSysctls(entry, kernel)),
    ...lintEffects(entry, kernel),
    ...lintPatterns(entry, kernel, isRehearsed),
    ...profiles.flatMap((name) => lintProfile(entry, name, kernel, isRehearsed)),
  ]
  const places = new Set(told.map(({ at }) => JSON.stringify(at)))
  const remarks = [
    ...findUnknown(written, OWN, FOREIGN, []),
    ...findUnknown(entry.pod, Object.keys(POD_SCHEMAS), [], ['pod']),
    ...findUnknown(args, Object.keys(ARGS_SCHEMAS), [], ['args', 'cni']),
    ...told,
    ...guessed.filter(({ at }) => !places.has(JSON.stringify(at))),
    ...lintPod(entry),
    ...lintMtu(entry),
    ...lintNamespaces(entry, globs, kernel),
  ]
  return remarks.map((remark) => {
    const [first, ...rest] = remark.at
    return first === undefined ? remark : { ...remark, at: [spellings.get(first) ?? first, ...rest] }
  })
}

/** The globs in the order of the text. JSON.parse changes it for names like "123". */
function orderGlobs(namespaces: unknown, spelling: string, placeOf: PlaceOf | undefined): string[] {
  const globs = isJsonObject(namespaces) ? Object.keys(namespaces) : []
  if (placeOf === undefined) return globs
  const placed = globs.map((glob) => ({ glob, ...placeOf([spelling, glob]) }))
  return placed.sort((a, b) => a.line - b.line || a.column - b.column).map(({ glob }) => glob)
}

const RULES: Readonly<Record<Fault['kind'], Rule>> = {
  invalid: 'invalid',
  policy: 'policy',
  refused: 'kernel',
  ignored: 'kernel',
  cut: 'cut',
  overwritten: 'overwritten',
}

/** The result of a rehearsal. */
export function toRemark({ at, kind, message }: Fault): Remark {
  return { at, level: kind === 'ignored' || kind === 'cut' ? 'warning' : 'error', message, rule: RULES[kind] }
}

/** The entry with its known members under their known names (case does not matter), and as written. */
function unifySpelling(written: JsonObject): { entry: JsonObject; spellings: ReadonlyMap<PropertyKey, string> } {
  const spellings = new Map<PropertyKey, string>()
  for (const name of [...OWN, 'capabilities']) {
    const others = Object.keys(written).filter((each) => each.toLowerCase() === name.toLowerCase())
    const spelling = others.includes(name) ? name : others[0]
    if (spelling !== undefined) spellings.set(name, spelling)
  }
  const members = [...spellings].map(([name, spelling]) => [name, written[spelling]])
  return { entry: Object.fromEntries(members) as JsonObject, spellings }
}

/** Annotations that are not sent, or not read. */
function lintPod({ pod, capabilities, namespaces }: JsonObject): Remark[] {
  const isDeclared = isJsonObject(capabilities) && capabilities[POD_ANNOTATIONS] === true
  const ofNamespaces = Object.entries(isJsonObject(namespaces) ? namespaces : {})
  const [glob] = ofNamespaces.find(([, each]) => isJsonObject(each) && each.pod !== undefined) ?? []
  const at = pod === undefined && glob !== undefined ? ['namespaces', glob, 'pod'] : ['pod']
  const isAsked = pod !== undefined || glob !== undefined
  if (isAsked && !isDeclared) {
    const message = `pod: annotations never arrive without "capabilities": {"${POD_ANNOTATIONS}": true}`
    return [{ at, level: 'warning', message, rule: 'pod' }]
  }
  if (!isAsked && isDeclared) {
    const message = 'the annotations of pods are asked for, and without "pod" not read'
    return [{ at: ['capabilities'], level: 'warning', message, rule: 'pod' }]
  }
  return []
}
