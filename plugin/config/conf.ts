import { CniError, collect, ErrorCode, type Problem, throwProblems } from '../cni/error.ts'
import { networkNameProblem } from '../cni/names.ts'
import { type CniVersion, IMPLIED_VERSION, isSupportedVersion, SUPPORTED_VERSIONS } from '../cni/version.ts'
import { hasWildcard, keyGlobProblem } from '../policy/glob.ts'
import type { ConfiguredValue } from '../sysctl/value.ts'
import { type LinkSettings, parseLinkSettings } from './link.ts'
import { type JsonObject, pickMembers } from './members.ts'
import { ANNOTATIONS, badPattern, type PodPolicy, parseAnnotation, parsePodPolicy } from './pod.ts'
import {
  ARGS_SCHEMAS,
  type Checked,
  CONF_SCHEMAS,
  checkMembers,
  GC_SCHEMAS,
  POD_SCHEMAS,
  RUNTIME_SCHEMAS,
  type Schemas,
} from './schema.ts'
import type { Stdin } from './stdin.ts'

/** Gone after a reboot, as the network namespaces are. */
export const DEFAULT_DATA_DIR = '/run/cni/netns-sysctl'

/** Who wants a sysctl set: the network's configuration, `args.cni` of one request, or the pod's annotation. */
export type Origin = 'network' | 'args' | 'annotation'

/** A sysctl as it was written down, its name with `-` and IFNAME in it. */
export interface Setting {
  readonly name: string
  readonly value: ConfiguredValue
  readonly origin: Origin
}

/** What the plugin was configured to do. */
export interface PluginConf {
  /** Keys and globs of the host's values to be copied. */
  readonly inherit: readonly string[]
  /** In the order in which they are to be written. */
  readonly settings: readonly Setting[]
  readonly link: LinkSettings
  /** What `args.cni` and the annotation may set; undefined where the network does not ask pods. */
  readonly pod: PodPolicy | undefined
  readonly restoreOnDel: boolean
  /** The folder of the undo records. */
  readonly dataDir: string
  /** The text of the JSON object that the plugin before this one in the chain gave. */
  readonly prevResult: string | undefined
}

/** The version of the CNI specification that a request is to be answered in. Throws CniError 1 or 6. */
export function parseCniVersion({ object }: Stdin): CniVersion {
  const { cniVersion = '' } = pickMembers(object, ['cniVersion'], [])
  if (cniVersion === '') return IMPLIED_VERSION
  if (isSupportedVersion(cniVersion)) return cniVersion
  throw new CniError({
    code: typeof cniVersion === 'string' ? ErrorCode.incompatibleVersion : ErrorCode.undecodable,
    msg: `cniVersion ${JSON.stringify(cniVersion).slice(0, 80)} is not supported`,
    details: `supported are ${SUPPORTED_VERSIONS.join(', ')}`,
  })
}

/** The network's name, which every command but VERSION needs. Throws CniError 7. */
export function parseNetworkName({ object }: Stdin): string {
  const { name = '' } = pickMembers(object, ['name'], [])
  const problem = typeof name !== 'string' ? 'must be a string' : name === '' ? 'is missing' : networkNameProblem(name)
  if (problem === undefined) return name as string
  const shown = name === '' ? '' : ` ${JSON.stringify(name).slice(0, 80)}`
  throw new CniError({
    code: ErrorCode.invalidConfig,
    msg: `the network's name${shown} ${problem}`,
    details: 'it is the member "name" of the conflist',
  })
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
  const annotation = pod === undefined ? [] : parseAnnotation(pod, runtime[ANNOTATIONS], problems)
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

/** What DEL and GC need, from a configuration that may have become invalid since ADD. */
export function parseRecordConf({ object }: Stdin): Pick<PluginConf, 'restoreOnDel' | 'dataDir'> {
  const ignored: Problem[] = []
  const { restoreOnDel, dataDir } = CONF_SCHEMAS
  const members = checkKnown({ restoreOnDel, dataDir }, object, [], ignored)
  return { restoreOnDel: members.restoreOnDel ?? true, dataDir: members.dataDir ?? DEFAULT_DATA_DIR }
}

const VALID_ATTACHMENTS = 'cni.dev/valid-attachments'

/** The attachments that GC has to leave alone. Throws CniError 7 without the list: all would be taken for garbage. */
export function parseValidAttachments({ object }: Stdin): { containerId: string; ifName: string }[] {
  const problems: Problem[] = []
  const valid = checkKnown(GC_SCHEMAS, object, [], problems)[VALID_ATTACHMENTS]
  if (!(VALID_ATTACHMENTS in object)) {
    problems.push({ code: ErrorCode.invalidConfig, msg: `${VALID_ATTACHMENTS} is missing`, details: 'GC needs it' })
  }
  throwProblems(problems)
  return (valid ?? []).map(({ containerID, ifname }) => ({ containerId: containerID, ifName: ifname }))
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

function checkKnown<T extends Schemas>(
  schemas: T,
  object: JsonObject,
  at: readonly string[],
  problems: Problem[],
): Checked<T> {
  const picked = collect(problems, () => pickMembers(object, Object.keys(schemas), at)) ?? {}
  return checkMembers(schemas, picked, at, problems)
}

function toSettings(sysctl: Readonly<Record<string, ConfiguredValue>> | undefined, origin: Origin): Setting[] {
  if (sysctl === undefined) return []
  return Object.keys(sysctl).map((name) => ({ name, value: sysctl[name] as ConfiguredValue, origin }))
}
