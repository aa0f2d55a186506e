import { formatPod } from '../../cni/args.ts'
import type { Problem } from '../../cni/error.ts'
import { parsePluginConf } from '../../config/conf.ts'
import type { JsonObject } from '../../config/members.ts'
import type { Setting } from '../../config/setting.ts'
import type { Os } from '../../os/os.ts'
import { type Fault, gather, planRehearsal, type Rehearsal } from '../../plan/rehearsal.ts'
import { createPlanScope } from '../../plan/scope.ts'
import type { Allowlist } from '../../policy/allowlist.ts'
import { asSent } from '../as-sent.ts'
import { isNoInterface, literalInterface } from './interface-names.ts'

/** An entry whose ADD is rehearsed. */
export interface Candidate {
  /** As in the file; ADD gets it as a runtime sends it. */
  readonly entry: JsonObject
  /** CNI_ARGS, of a pod. */
  readonly args?: ReadonlyMap<string, string>
  /** The container's interface, if it is not the usual one. */
  readonly ifName?: string
  /** The entry without the profile, if this is a variant with one: problems of both are reported for the entry. */
  readonly variantOf?: { readonly entry: JsonObject; readonly profile: string }
}

/** The result of a rehearsal. */
export interface Outcome {
  readonly faults: readonly Fault[]
  /** False if only the host's half could be done. */
  readonly isRehearsed: boolean
  readonly ifName: string
}

/** A candidate after the host's half of its rehearsal. */
export interface Prepared extends Pick<Candidate, 'entry' | 'variantOf'> {
  readonly outcome: Outcome
  /** Undefined if there is nothing to rehearse. */
  readonly rehearsal: Rehearsal | undefined
  /** The interfaces in its sysctls. */
  readonly links: readonly string[]
}

interface Node {
  readonly ifName: string
  readonly allowlist: Allowlist | undefined
  /** Why there is no allowlist, if there should be one. */
  readonly policy: readonly Problem[]
}

/** Does the host's half of a rehearsal, in the host's netns. */
export function planCandidate(os: Os, candidate: Candidate, { ifName: usual, allowlist, policy }: Node): Prepared {
  const { entry, args, variantOf } = candidate
  const known = { entry, ...(variantOf !== undefined && { variantOf }) }
  const ifName = usual === 'lo' ? usual : (candidate.ifName ?? usual)
  const faults = policy.map(({ msg }): Fault => ({ at: [], kind: 'policy', message: msg }))
  const conf = gather(faults, [], () => {
    return parsePluginConf(asSent({ ...entry, name: 'lint' }), args)
  })
  if (conf === undefined)
    return { ...known, outcome: { faults, isRehearsed: false, ifName }, rehearsal: undefined, links: [] }
  const settings = conf.settings.filter((setting) => canBeRehearsed(setting, ifName))
  const scope = createPlanScope(conf, ifName, allowlist, formatPod(args ?? new Map()))
  const rehearsal = planRehearsal(os, { ...conf, settings }, scope)
  const others = settings.flatMap(({ name }) => literalInterface(name) ?? []).filter((name) => name !== 'lo')
  const outcome = { faults: [...faults, ...rehearsal.faults], isRehearsed: false, ifName }
  return { ...known, outcome, rehearsal, links: [...new Set([ifName, ...others])] }
}

/** With only lo, there is no other interface to set. Invalid names of interfaces are reported elsewhere. */
function canBeRehearsed({ name }: Setting, ifName: string): boolean {
  const literal = literalInterface(name)
  return literal === undefined || literal === 'lo' || (ifName !== 'lo' && !isNoInterface(literal))
}
