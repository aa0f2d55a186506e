import { POD_ANNOTATIONS } from '../cni/capabilities.ts'
import { collect, type Problem, throwProblems } from '../cni/error.ts'
import { hasWildcard, keyGlobProblem } from '../policy/glob.ts'
import type { PodPolicy } from '../policy/pod.ts'
import type { ConfiguredValue } from '../sysctl/value.ts'
import { parseAnnotation } from './annotation.ts'
import { checkKnown } from './known.ts'
import { type LinkSettings, parseLinkSettings } from './link.ts'
import { type JsonObject, pickMembers } from './members.ts'
import { parseNetworkName } from './network.ts'
import { badPattern, parsePodPolicy } from './pod.ts'
import { DEFAULT_DATA_DIR, type RecordConf } from './record-conf.ts'
import { ARGS_SCHEMAS, CONF_SCHEMAS, checkMembers, POD_SCHEMAS, RUNTIME_SCHEMAS } from './schema.ts'
import type { Origin, Setting } from './setting.ts'
import type { Stdin } from './stdin.ts'

/** What the plugin was configured to do. */
export interface PluginConf extends RecordConf {
  /** Keys and globs of the host's values to be copied. */
  readonly inherit: readonly string[]
  /** In the order in which they are to be written. */
  readonly settings: readonly Setting[]
  readonly link: LinkSettings
  /** What `args.cni` and the annotation may set; undefined where the network does not ask pods. */
  readonly pod: PodPolicy | undefined
  /** The text of the JSON object that the plugin before this one in the chain gave. */
  readonly prevResult: string | undefined
}

/** The whole configuration; `envArgs` is CNI_ARGS. Throws one CniError with everything that is wrong in it: 6 of the schema, 7 of the sense. */
export function parsePluginConf(stdin: Stdin, envArgs: ReadonlyMap<string, string> = new Map()): PluginConf {
  const problems: Problem[] = []
  collect(problems, () => parseNetworkName(stdin))
  problems.push(...stdin.repeated)
  const members = checkKnown(CONF_SCHEMAS, stdin.object, [], problems)
  const inherit = (members.inherit ?? []).map((pattern, index) => checkPattern(pattern, index, problems))
  const cniArgs = parseCniArgs(members.args, problems)
  const pod = members.pod === undefined ? undefined : parsePod(members.pod, problems)
  const runtime = checkKnown(RUNTIME_SCHEMAS, members.runtimeConfig ?? {}, ['runtimeConfig'], problems)
  const annotation = pod === undefined ? [] : parseAnnotation(pod, runtime[POD_ANNOTATIONS], problems)
  const linkSources = [
    { at: [], values: members },
    { at: ['CNI_ARGS'], values: { mac: envArgs.get('MAC') } },
    { at: ['runtimeConfig'], values: { mac: runtime.mac } },
    { at: ['args', 'cni'], values: cniArgs, mayTakeBack: true },
  ]
  const link = parseLinkSettings(linkSources, problems)
  throwProblems(problems)
  return {
    inherit,
    settings: [...toSettings(members.sysctl, 'network'), ...toSettings(cniArgs.sysctl, 'args'), ...annotation],
    link,
    pod,
    restoreOnDel: members.restoreOnDel ?? true,
    dataDir: members.dataDir ?? DEFAULT_DATA_DIR,
    prevResult: members.prevResult === undefined ? undefined : stdin.prevResultText,
  }
}

function checkPattern(pattern: string, index: number, problems: Problem[]): string {
  const problem = hasWildcard(pattern) ? keyGlobProblem(pattern) : undefined
  if (problem !== undefined) problems.push(badPattern(['inherit', index], pattern, problem))
  return pattern
}

function parsePod(member: JsonObject, problems: Problem[]): PodPolicy {
  return parsePodPolicy(checkKnown(POD_SCHEMAS, member, ['pod'], problems), problems)
}

function parseCniArgs(args: JsonObject | undefined, problems: Problem[]) {
  const { cni } = collect(problems, () => pickMembers(args ?? {}, ['cni'], ['args'])) ?? {}
  const object = checkMembers({ cni: CONF_SCHEMAS.args }, cni === undefined ? {} : { cni }, ['args'], problems).cni
  return checkKnown(ARGS_SCHEMAS, object ?? {}, ['args', 'cni'], problems)
}

function toSettings(sysctl: Readonly<Record<string, ConfiguredValue>> | undefined, origin: Origin): Setting[] {
  if (sysctl === undefined) return []
  return Object.keys(sysctl).map((name) => ({ name, value: sysctl[name] as ConfiguredValue, origin }))
}
