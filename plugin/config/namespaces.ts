import { CniError, ErrorCode, type Problem } from '../cni/error.ts'
import { namespaceProblem } from '../cni/names.ts'
import { formatPath } from '../json/path.ts'
import type { KeyGlob } from '../policy/glob.ts'
import { matchesSegment } from '../policy/glob.ts'
import { checkMembers } from './checked.ts'
import { checkKnown } from './known.ts'
import { isJsonObject, type JsonObject } from './members.ts'
import { parseAllow } from './patterns.ts'
import { CONF_SCHEMAS, NAMESPACE_POD_SCHEMAS, NAMESPACE_SCHEMAS } from './schema.ts'

/** What the configuration says of the namespaces that a glob matches. */
export interface NamespaceConf {
  readonly glob: string
  readonly profile: string | undefined
  /** What its pods may do beside what all may; undefined if it has no `pod`. */
  readonly pod: { readonly allow: readonly KeyGlob[]; readonly profiles: readonly string[] } | undefined
}

/** The members of `namespaces`, in the order of `globs`. Adds problems with code 6 of the schema, 2 of a bad glob. */
export function parseNamespaces(
  namespaces: JsonObject,
  globs: readonly string[],
  problems: Problem[],
): NamespaceConf[] {
  return globs.map((glob) => {
    const value = namespaces[glob]
    const at = ['namespaces', glob]
    const reason = globProblem(glob)
    if (reason !== undefined)
      problems.push({ code: ErrorCode.unsupportedValue, msg: `${formatPath(at)} ${reason}`, at })
    checkMembers({ [glob]: CONF_SCHEMAS.namespaces }, { [glob]: value }, ['namespaces'], problems)
    const { profile, pod } = checkKnown(NAMESPACE_SCHEMAS, isJsonObject(value) ? value : {}, at, problems)
    return { glob, profile, pod: pod === undefined ? undefined : parsePod(pod, [...at, 'pod'], problems) }
  })
}

/**
 * The first that matches the namespace of K8S_POD_NAMESPACE (CNI_ARGS); undefined for a container without one, which is
 * no pod. Throws CniError 4 for what is not the name of a namespace: it could be meant for another.
 */
export function findNamespace(
  namespaces: readonly NamespaceConf[],
  args: ReadonlyMap<string, string>,
): NamespaceConf | undefined {
  const name = args.get('K8S_POD_NAMESPACE') ?? ''
  if (name === '') return undefined
  const problem = namespaceProblem(name)
  if (problem === undefined) return namespaces.find(({ glob }) => matchesSegment(glob, name))
  throw new CniError({
    code: ErrorCode.invalidEnvironment,
    msg: `K8S_POD_NAMESPACE ${JSON.stringify(name)} in CNI_ARGS ${problem}`,
    details: 'the runtime sets it; by it the network chooses what the pod gets',
  })
}

function parsePod(pod: JsonObject, at: readonly string[], problems: Problem[]) {
  const { allow, profiles = [] } = checkKnown(NAMESPACE_POD_SCHEMAS, pod, at, problems)
  return { allow: parseAllow(allow, at, problems), profiles }
}

function globProblem(glob: string): string | undefined {
  if (glob === '') return 'is empty, so it matches nothing'
  return /^[a-z0-9*?-]+$/.test(glob) ? undefined : 'can match no namespace: those have a-z, 0-9 and "-" in their names'
}
