import { POD_ANNOTATIONS } from '../../cni/capabilities.ts'
import { isJsonObject, type JsonObject } from '../../config/members.ts'
import { ARGS_SCHEMAS, CONF_SCHEMAS, POD_SCHEMAS } from '../../config/schema.ts'
import type { Fault } from '../../plan/rehearsal.ts'
import { formatNearest } from '../nearest.ts'
import type { Kernel } from '../rehearse/kernel.ts'
import type { Remark, Rule } from './finding.ts'
import { lintInterfaces } from './interfaces.ts'
import { lintMtu } from './ipv6.ts'
import { lintPatterns } from './patterns.ts'
import { lintEffects, lintSysctls } from './sysctls.ts'

const OWN = Object.keys(CONF_SCHEMAS)

/** What libcni and the runtimes read or add themselves. */
const FOREIGN = ['cniVersion', 'name', 'type', 'capabilities', 'ipam', 'dns', 'disableCheck', 'disableGC', 'ipMasq']

/** What is to be said of one entry of type netns-sysctl, whose own members start at `at: []`. */
export function lintEntry(written: JsonObject, kernel: Kernel): Remark[] {
  const { entry, spellings } = unifySpelling(written)
  const args = isJsonObject(entry.args) ? entry.args.cni : undefined
  const { faults = [], isRehearsed = false, ifName = kernel.ifName } = kernel.outcomes.get(written) ?? {}
  const told = [...lintInterfaces(entry, ifName), ...faults.map(toRemark)]
  // What a rehearsal has told counts, and not what can be guessed without one.
  const guessed = [
    ...(isRehearsed ? [] : lintSysctls(entry, kernel)),
    ...lintEffects(entry, kernel),
    ...lintPatterns(entry, kernel, isRehearsed),
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
  ]
  return remarks.map((remark) => {
    const [first, ...rest] = remark.at
    return first === undefined ? remark : { ...remark, at: [spellings.get(first) ?? first, ...rest] }
  })
}

const RULES: Readonly<Record<Fault['kind'], Rule>> = {
  invalid: 'invalid',
  policy: 'policy',
  refused: 'kernel',
  ignored: 'kernel',
  cut: 'cut',
  overwritten: 'overwritten',
}

/** What came of a rehearsal. */
export function toRemark({ at, kind, message }: Fault): Remark {
  return { at, level: kind === 'ignored' || kind === 'cut' ? 'warning' : 'error', message, rule: RULES[kind] }
}

/** The entry with its known members under their known names, which match without regard to case; and as written. */
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

/** Members that are not `known`; `foreign` ones are somebody else's. */
function findUnknown(
  object: unknown,
  known: readonly string[],
  foreign: readonly string[],
  at: readonly string[],
): Remark[] {
  if (!isJsonObject(object)) return []
  const names = [...known, ...foreign].map((name) => name.toLowerCase())
  const unknown = Object.keys(object).filter((name) => !names.includes(name.toLowerCase()))
  return unknown.map((name) => ({
    at: [...at, name],
    level: 'warning',
    message: `${[...at, name].join('.')} is unknown and ignored${formatNearest(name, known)}`,
    rule: 'unknown-member',
  }))
}

/** Annotations that do not arrive, or that nobody reads. */
function lintPod({ pod, capabilities }: JsonObject): Remark[] {
  const isDeclared = isJsonObject(capabilities) && capabilities[POD_ANNOTATIONS] === true
  if (pod !== undefined && !isDeclared) {
    const message = `pod: annotations never arrive without "capabilities": {"${POD_ANNOTATIONS}": true}`
    return [{ at: ['pod'], level: 'warning', message, rule: 'pod' }]
  }
  if (pod === undefined && isDeclared) {
    const message = 'the annotations of pods are asked for, and without "pod" not read'
    return [{ at: ['capabilities'], level: 'warning', message, rule: 'pod' }]
  }
  return []
}
