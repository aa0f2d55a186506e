import { formatPod } from '../cni/args.ts'
import { POD_ANNOTATIONS } from '../cni/capabilities.ts'
import { collect, type Problem, throwProblems } from '../cni/error.ts'
import { namesInOrder } from '../json/order.ts'
import type { PodPolicy } from '../policy/pod.ts'
import { parseAnnotation, readProfileWish, remarkOnWishes } from './annotation.ts'
import { checkMembers } from './checked.ts'
import { checkKnown } from './known.ts'
import { type LinkSettings, parseLinkSettings, refuseLink } from './link.ts'
import { type JsonObject, pickMembers } from './members.ts'
import { findNamespace, type NamespaceConf, parseNamespaces } from './namespaces.ts'
import { parseNetworkName } from './network.ts'
import { checkInherit } from './patterns.ts'
import { chooseProfile, parsePodPolicy } from './pod.ts'
import { hasProfile, type Profile, type Profiles, parseProfile, unknownProfile } from './profiles.ts'
import { type RecordConf, toRecordConf } from './record-conf.ts'
import { ARGS_SCHEMAS, CONF_SCHEMAS, RUNTIME_SCHEMAS } from './schema.ts'
import { type InheritPattern, type Setting, toSettings } from './setting.ts'
import { NO_REMARKS, type Stdin } from './stdin.ts'

/** The plugin's whole configuration for one request. */
export interface PluginConf extends RecordConf {
  /** Keys and globs of host values that are to be copied. */
  readonly inherit: readonly InheritPattern[]
  /** In the order of the writes. */
  readonly settings: readonly Setting[]
  /** The profiles of this pod: its namespace's, and the one that it has chosen. */
  readonly profiles: readonly Profile[]
  readonly link: LinkSettings
  /** What `args.cni` and the annotation may set; undefined if the network does not read pods' wishes. */
  readonly pod: PodPolicy | undefined
  /** Notes for the runtime's log: wishes that are not granted. */
  readonly remarks: readonly string[]
  /** The text of the JSON object that the plugin before this one in the chain gave. */
  readonly prevResult: string | undefined
}

/** The whole configuration; `envArgs` is CNI_ARGS. Throws one CniError with all problems, mostly 6 (form) and 7 (meaning). */
export function parsePluginConf(stdin: Stdin, envArgs: ReadonlyMap<string, string> = new Map()): PluginConf {
  const problems: Problem[] = []
  collect(problems, () => parseNetworkName(stdin))
  const { repeated, prevResultText } = stdin.inspect?.() ?? NO_REMARKS
  problems.push(...repeated)
  const members = checkKnown(CONF_SCHEMAS, stdin.object, [], problems)
  const cniArgs = parseCniArgs(members.args, problems)
  const runtime = checkKnown(RUNTIME_SCHEMAS, members.runtimeConfig ?? {}, ['runtimeConfig'], problems)
  const annotations = runtime[POD_ANNOTATIONS]
  const namespaces = members.namespaces === undefined ? [] : readNamespaces(stdin, members.namespaces, problems)
  const namespace = namespaces.length > 0 ? collect(problems, () => findNamespace(namespaces, envArgs)) : undefined
  const pod = parsePodPolicy(members.pod, namespaces, namespace, problems)
  const podName = formatPod(envArgs)
  const wish = pod && chooseProfile(pod, readProfileWish(annotations), members.profiles ?? {}, podName, problems)
  const profiles = readProfiles(members.profiles ?? {}, namespace, wish, problems)
  const linkSources = [
    { at: [], values: members },
    // The runtime sends this to every plugin of the chain; it is meant for the one that makes the interface.
    ...(members.first === true ? [] : [{ at: ['CNI_ARGS'], values: { mac: envArgs.get('MAC') } }]),
    { at: ['runtimeConfig'], values: { mac: runtime.mac } },
    { at: ['args', 'cni'], values: cniArgs, mayTakeBack: true },
  ]
  const link = parseLinkSettings(linkSources, problems)
  if (members.first === true) refuseLink(link, linkSources, problems)
  const annotation = pod === undefined ? [] : parseAnnotation(pod, annotations, problems)
  const inherit = checkInherit(members.inherit, 'network', [], problems)
  throwProblems(problems)
  const asked = { capabilities: stdin.object.capabilities, runtimeConfig: members.runtimeConfig ?? {} }
  return {
    ...toRecordConf(members),
    inherit: [...inherit, ...profiles.flatMap((profile) => profile.inherit)],
    settings: [
      ...toSettings(members.sysctl, 'network'),
      ...profiles.flatMap(({ settings }) => settings),
      ...toSettings(cniArgs.sysctl, 'args'),
      ...annotation,
    ],
    profiles,
    link,
    pod,
    remarks: pod === undefined ? [] : remarkOnWishes(pod, annotations, asked, podName),
    prevResult: members.prevResult === undefined ? undefined : prevResultText,
  }
}

function parseCniArgs(args: JsonObject | undefined, problems: Problem[]) {
  const { cni } = collect(problems, () => pickMembers(args ?? {}, ['cni'], ['args'])) ?? {}
  const object = checkMembers({ cni: CONF_SCHEMAS.args }, cni === undefined ? {} : { cni }, ['args'], problems).cni
  return checkKnown(ARGS_SCHEMAS, object ?? {}, ['args', 'cni'], problems)
}

function readNamespaces({ object, text, at = [] }: Stdin, namespaces: JsonObject, problems: Problem[]) {
  const spelling = Object.keys(object).filter((name) => object[name] === namespaces)
  return parseNamespaces(namespaces, namesInOrder(namespaces, text, [...at, ...spelling]), problems)
}

/** The namespace's profile comes before the one that the pod has chosen. If both are the same, it counts once. */
function readProfiles(
  profiles: Profiles,
  namespace: NamespaceConf | undefined,
  wish: string | undefined,
  problems: Problem[],
): Profile[] {
  return [
    ...(namespace === undefined ? [] : readProfileOf(namespace, profiles, problems)),
    ...(wish === undefined ? [] : [parseProfile(profiles, wish, 'profile', problems)]),
  ]
}

function readProfileOf({ glob, profile }: NamespaceConf, profiles: Profiles, problems: Problem[]): Profile[] {
  if (profile === undefined) return []
  if (hasProfile(profiles, profile)) return [parseProfile(profiles, profile, 'namespace', problems)]
  const at = ['namespaces', glob, 'profile']
  problems.push(unknownProfile(`namespaces[${JSON.stringify(glob)}].profile`, profile, profiles, at))
  return []
}
