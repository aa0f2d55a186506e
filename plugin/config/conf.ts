import { CniError, collect, ErrorCode, type Problem, throwProblems } from '../cni/error.ts'
import { networkNameProblem } from '../cni/names.ts'
import { type CniVersion, IMPLIED_VERSION, isSupportedVersion, SUPPORTED_VERSIONS } from '../cni/version.ts'
import type { ConfiguredValue } from '../sysctl/value.ts'
import { type JsonObject, pickMembers } from './members.ts'
import { ARGS_SCHEMAS, CONF_SCHEMAS, checkMembers } from './schema.ts'
import type { Stdin } from './stdin.ts'

/** Who wants a sysctl set: the network's configuration, or `args.cni` of one request. */
export type Origin = 'network' | 'args'

/** A sysctl as it was written down, its name with `-` and IFNAME in it. */
export interface Setting {
  readonly name: string
  readonly value: ConfiguredValue
  readonly origin: Origin
}

/** What the plugin was configured to do. */
export interface PluginConf {
  /** In the order in which they are to be written. */
  readonly settings: readonly Setting[]
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

/** The whole configuration. Throws one CniError with everything that is wrong in it: 6 of the schema, 7 of the sense. */
export function parsePluginConf(stdin: Stdin): PluginConf {
  const problems: Problem[] = []
  collect(problems, () => parseNetworkName(stdin))
  problems.push(...stdin.repeated)
  const members = checkKnown(CONF_SCHEMAS, stdin.object, [], problems)
  const cniArgs = parseCniArgs(members.args, problems)
  throwProblems(problems)
  return {
    settings: [...toSettings(members.sysctl, 'network'), ...toSettings(cniArgs.sysctl, 'args')],
    prevResult: members.prevResult === undefined ? undefined : stdin.prevResultText,
  }
}

function parseCniArgs(args: JsonObject | undefined, problems: Problem[]) {
  const { cni } = collect(problems, () => pickMembers(args ?? {}, ['cni'], ['args'])) ?? {}
  const object = checkMembers({ cni: CONF_SCHEMAS.args }, cni === undefined ? {} : { cni }, ['args'], problems).cni
  return checkKnown(ARGS_SCHEMAS, object ?? {}, ['args', 'cni'], problems)
}

function checkKnown<T extends Parameters<typeof checkMembers>[0]>(
  schemas: T,
  object: JsonObject,
  at: readonly string[],
  problems: Problem[],
) {
  const picked = collect(problems, () => pickMembers(object, Object.keys(schemas), at)) ?? {}
  return checkMembers(schemas, picked, at, problems)
}

function toSettings(sysctl: Readonly<Record<string, ConfiguredValue>> | undefined, origin: Origin): Setting[] {
  return Object.entries(sysctl ?? {}).map(([name, value]) => ({ name, value, origin }))
}
