import { collect, type Problem } from '../../cni/error.ts'
import type { JsonObject } from '../../config/members.ts'
import { readLinkNames } from '../../link/names.ts'
import { catchOsError, type Os, OsError } from '../../os/os.ts'
import type { Fault } from '../../plan/rehearsal.ts'
import { rehearse } from '../../plan/rehearse.ts'
import { readSysctlTree } from '../../plan/surroundings.ts'
import { readAllowlist } from '../../policy/allowlist.ts'
import type { Surroundings } from '../../subject/surroundings.ts'
import { readRelease } from '../../sysctl/release.ts'
import { tryNewNetns } from '../new-netns.ts'
import { type Candidate, type Outcome, type Prepared, planCandidate } from './candidate.ts'
import { type RehearsalOptions, viewHost } from './place.ts'
import { lookAroundStage, tryLinks } from './stage.ts'

/** What the kernel has, on the host and in a new network namespace, and the results of the candidates. */
export interface Kernel {
  readonly host: Surroundings
  /** Undefined if no netns could be made, which needs root. */
  readonly netns: Surroundings | undefined
  /** Values of net.ipv4.conf.all.* as a container starts with them, by the name of the last segment. */
  readonly confAll: ReadonlyMap<string, string>
  /** The container's interface. */
  readonly ifName: string
  readonly outcomes: ReadonlyMap<Candidate['entry'], Outcome>
  /** What could not be checked or rehearsed: an ADD may still fail because of it. */
  readonly notLookedAt: readonly string[]
  /** Differences between the rehearsal and an ADD. */
  readonly notes: readonly string[]
}

const CONF_ALL = '/proc/sys/net/ipv4/conf/all'
const NO_NETNS = 'what a container has: making a network namespace needs root'

/**
 * Reads the node, and rehearses the ADD of every candidate, each in its own netns. Stays in the last netns that
 * it makes: in a user namespace it could not return, and the command ends soon after.
 */
export function readKernel(given: Os, candidates: readonly Candidate[], options: RehearsalOptions): Kernel {
  const isCopied = candidates.some(({ entry }) => /"inherit":/i.test(JSON.stringify(entry)))
  const { os, unseen } = viewHost(given, options, isCopied)
  const release = readRelease(os)
  const onHost = readSysctlTree(os)
  const host = { inNetns: onHost, onHost, links: readLinkNames(os), release }
  const policy: Problem[] = []
  const allowlist = collect(policy, () => readAllowlist(os))
  // Both are made while the host's values can be read. Only in the new netns it is known which one is needed.
  const planAll = (ifName: string) => candidates.map((each) => planCandidate(os, each, { ifName, allowlist, policy }))
  const prepared = { withVeth: planAll(options.ifName), withLo: planAll('lo') }
  const known = { host, ifName: options.ifName }
  if (!tryNewNetns(os)) {
    const outcomes = joinVariants(prepared.withVeth)
    const rest = { confAll: readConfAll(os), outcomes, notes: [] }
    return { ...known, ...rest, netns: undefined, notLookedAt: [...unseen, NO_NETNS] }
  }
  const netns = { inNetns: readSysctlTree(os), onHost, links: readLinkNames(os), release }
  const confAll = readConfAll(os)
  const readOnly = findReadOnly(os)
  const noVeth = tryLinks(os, [options.ifName])
  const chosen = noVeth === undefined ? prepared.withVeth : prepared.withLo
  const results = chosen.map((each) => {
    const canRehearse = readOnly === undefined && each.rehearsal !== undefined
    return { ...each, outcome: canRehearse ? rehearseIt(os, each, noVeth === undefined, netns) : each.outcome }
  })
  const notes = noVeth !== undefined && candidates.length > 0 && readOnly === undefined ? [withLo(noVeth)] : []
  const notLookedAt = [...unseen, ...(readOnly === undefined ? [] : [readOnly])]
  return { ...known, netns, confAll, outcomes: joinVariants(results), notLookedAt, notes }
}

/** The results by entry. Problems that a variant has besides those of its profile belong to its entry too. */
function joinVariants(results: readonly Prepared[]): Map<JsonObject, Outcome> {
  const outcomes = new Map<JsonObject, Outcome>()
  for (const { entry, variantOf, outcome } of results) if (variantOf === undefined) outcomes.set(entry, outcome)
  for (const { variantOf, outcome } of results) {
    const own = variantOf && outcomes.get(variantOf.entry)
    if (variantOf === undefined || own === undefined) continue
    const known = new Set(own.faults.map((fault) => JSON.stringify(fault)))
    const fresh = outcome.faults.filter((fault) => !known.has(JSON.stringify(fault)))
    const faults = fresh.map((fault) => (fault.at[0] === 'profiles' ? fault : ofProfile(fault, variantOf.profile)))
    outcomes.set(variantOf.entry, { ...own, faults: [...own.faults, ...faults] })
  }
  return outcomes
}

/** A problem of another member that only occurs together with a profile. */
function ofProfile(fault: Fault, profile: string): Fault {
  return { ...fault, message: `${fault.message}; so it is with the profile ${JSON.stringify(profile)}` }
}

function rehearseIt(os: Os, { rehearsal, links, outcome }: Prepared, hasVeth: boolean, host: Surroundings): Outcome {
  if (rehearsal === undefined) return outcome
  const enter = () => {
    os.makeNetns()
    if (!hasVeth) return
    const failure = tryLinks(os, links)
    if (failure !== undefined) throw failure
  }
  const faults = rehearse(os, rehearsal, { enter, lookAround: () => lookAroundStage(os, host) })
  return { ...outcome, faults: [...outcome.faults, ...faults], isRehearsed: true }
}

function withLo({ errno }: OsError): string {
  const reason = errno === 'EPERM' ? ', which takes CAP_NET_ADMIN' : ''
  return `no veth could be made (${errno})${reason}: rehearsed on lo, which takes MTUs that a veth refuses`
}

/** In a container, /proc/sys is read-only for root; in a user namespace, root may write a container's sysctls. */
function findReadOnly(os: Os): string | undefined {
  const failure = catchOsError(() => os.checkWritable('/proc/sys/net/ipv4/ip_forward'))
  if (!(failure instanceof OsError) || failure.errno === 'EACCES') return undefined
  return (
    `what the kernel does with the values: /proc/sys cannot be written here (${failure.errno}); in a container, mount ` +
    "the node's /proc below --host-root"
  )
}

function readConfAll(os: Os): Map<string, string> {
  const names = os.list(CONF_ALL).map(({ name }) => name)
  return new Map(names.map((name) => [name, os.readFile(`${CONF_ALL}/${name}`).trim()]))
}
