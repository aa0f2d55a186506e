import { parsePluginConf } from '../../config/conf.ts'
import { isJsonObject, type JsonObject } from '../../config/members.ts'
import type { Os } from '../../os/os.ts'
import { planInheritances, readInheritances } from '../../plan/inherit.ts'
import { mergePlans, type Plan, planLink, planSettings } from '../../plan/plan.ts'
import { readAllowlist } from '../../policy/allowlist.ts'
import { CliError } from '../cli-error.ts'
import { parseJson } from '../json.ts'
import { OWN_TYPE } from '../own-type.ts'

/** The entry of a conflist, or a single configuration, with the network's name in it. */
export function findEntry(os: Os, file: string): JsonObject {
  const value = parseJson(os.readFile(file), file)
  const { plugins, name } = isJsonObject(value) ? value : {}
  const entries: readonly unknown[] = Array.isArray(plugins) ? plugins : [value]
  const entry = entries.find((each): each is JsonObject => isJsonObject(each) && each.type === OWN_TYPE)
  if (entry === undefined) throw new CliError(`${file}: has no plugin of type ${OWN_TYPE}`)
  return { name, ...entry }
}

/** What ADD would write into a container of this node now. Throws CniError where it would refuse. */
export function readPlan(os: Os, object: JsonObject, ifName: string): Plan {
  const conf = parsePluginConf({ object, repeated: [], prevResultText: undefined })
  const scope = { ifName, allowlist: readAllowlist(os), pod: conf.pod, podName: 'the pod' }
  const inherited = planInheritances(readInheritances(os, conf.inherit, scope))
  return mergePlans(planLink(conf.link, ifName), inherited, planSettings(conf.settings, scope))
}
