import { POD_ANNOTATIONS } from '../../cni/capabilities.ts'
import { parsePluginConf } from '../../config/conf.ts'
import { isJsonObject, type JsonObject } from '../../config/members.ts'
import type { Stdin } from '../../config/stdin.ts'
import type { Os } from '../../os/os.ts'
import { planInheritances, readInheritances } from '../../plan/inherit.ts'
import { mergePlans, type Plan, planLink, planSettings } from '../../plan/plan.ts'
import { createPlanScope } from '../../plan/scope.ts'
import { readAllowlist } from '../../policy/allowlist.ts'
import { PROFILE_ANNOTATION } from '../../policy/pod.ts'
import { asSent } from '../as-sent.ts'
import { CliError } from '../cli-error.ts'
import { parseJson } from '../json.ts'
import { OWN_TYPE } from '../own-type.ts'

/** The pod of the container, as far as the configuration depends on it. */
export interface Pod {
  readonly ifName: string
  readonly namespace?: string | undefined
  /** The profile that it has chosen. */
  readonly profile?: string | undefined
}

/** The entries of a conflist, or a single configuration, with the network's name in each. */
export function findEntries(os: Os, file: string): Stdin[] {
  const text = os.readFile(file)
  const value = parseJson(text, file)
  const { plugins, name } = isJsonObject(value) ? value : {}
  const isList = Array.isArray(plugins)
  const entries: readonly unknown[] = isList ? plugins : [value]
  const found = entries.flatMap((entry): Stdin[] => {
    if (!isJsonObject(entry) || entry.type !== OWN_TYPE) return []
    return [asSent({ name, ...entry })]
  })
  if (found.length === 0) throw new CliError(`${file}: has no plugin of type ${OWN_TYPE}`)
  return found
}

/** The writes of all entries' ADDs in a pod's container, if they ran now. Throws CniError if one would refuse. */
export function readPlan(os: Os, entries: readonly Stdin[], pod: Pod): Plan {
  const writes = entries.flatMap((entry) => readPlanOf(os, entry, pod))
  // A later entry overwrites the values of an earlier one.
  return [...new Map(writes.map((write) => [write.subject.id, write])).values()]
}

function readPlanOf(os: Os, { object, ...stdin }: Stdin, { ifName, namespace, profile }: Pod): Plan {
  const args = new Map(namespace === undefined ? [] : [['K8S_POD_NAMESPACE', namespace]])
  const conf = parsePluginConf({ ...stdin, object: profile === undefined ? object : choose(object, profile) }, args)
  const scope = createPlanScope(conf, ifName, readAllowlist(os))
  const inherited = planInheritances(readInheritances(os, conf.inherit, scope))
  return mergePlans(planLink(conf.link, ifName), inherited, planSettings(conf.settings, scope))
}

/** The configuration as the runtime sends it for a pod with the annotation. */
function choose(object: JsonObject, profile: string): JsonObject {
  return { ...object, runtimeConfig: { [POD_ANNOTATIONS]: { [PROFILE_ANNOTATION]: profile } } }
}
