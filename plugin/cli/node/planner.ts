import { formatPod } from '../../cni/args.ts'
import { CniError } from '../../cni/error.ts'
import { parsePluginConf } from '../../config/conf.ts'
import { isJsonObject, type JsonObject } from '../../config/members.ts'
import type { Os } from '../../os/os.ts'
import type { Plan } from '../../plan/plan.ts'
import { createPlanScope } from '../../plan/scope.ts'
import { planWishes, readWishes } from '../../plan/wishes.ts'
import { type Allowlist, readAllowlist } from '../../policy/allowlist.ts'
import { asSent, type Sent } from '../as-sent.ts'

/** What a runtime knew about an attachment at ADD. */
export interface Asking {
  readonly ifName: string
  /** CNI_ARGS */
  readonly args: ReadonlyMap<string, string>
  readonly capabilityArgs: JsonObject
}

/** What ADD would write now, or why it would fail. */
export type Planned = { readonly plan: Plan } | { readonly reason: string }

/** Makes the plan of an entry of the plugin for an attachment, as ADD does. Throws OsError. */
export type Planner = (entry: JsonObject, asking: Asking) => Planned

/**
 * A planner that reads the allowlist once, and makes one plan for equal pods. It plans in the host's netns, which the
 * thread must be in.
 */
export function createPlanner(os: Os): Planner {
  const quiet: Os = { ...os, writeStderr: () => undefined }
  let allowlist: Allowlist | undefined | null = null
  const known = new Map<JsonObject, Sent & { readonly plans: Map<string, Plan> }>()
  return (entry, asking) => {
    const sent = known.get(entry) ?? { ...asSent(entry), plans: new Map() }
    known.set(entry, sent)
    const { text, plans } = sent
    const request = toRequest(sent.object, asking)
    const key = formatKey(request, asking)
    const found = plans.get(key)
    if (found !== undefined) return { plan: found }
    try {
      if (allowlist === null) allowlist = readAllowlist(os)
      const conf = parsePluginConf({ object: request, text }, asking.args)
      const scope = createPlanScope(conf, asking.ifName, allowlist, formatPod(asking.args))
      const plan = planWishes(readWishes(quiet, conf, scope))
      plans.set(key, plan)
      return { plan }
    } catch (error) {
      if (error instanceof CniError) return { reason: error.message }
      throw error
    }
  }
}

/** Everything about an attachment that a plan depends on. */
function formatKey(request: JsonObject, { ifName, args }: Asking): string {
  return JSON.stringify([ifName, args.get('MAC'), args.get('K8S_POD_NAMESPACE'), request.runtimeConfig])
}

/** The entry in a request, with the runtime's data for the capabilities that it declares. */
function toRequest(entry: JsonObject, { capabilityArgs }: Asking): JsonObject {
  const { capabilities } = entry
  const declared = isJsonObject(capabilities)
    ? Object.keys(capabilities).filter((name) => capabilities[name] === true)
    : []
  const given = declared.filter((name) => Object.hasOwn(capabilityArgs, name))
  if (given.length === 0) return entry
  return { ...entry, runtimeConfig: Object.fromEntries(given.map((name) => [name, capabilityArgs[name]])) }
}
