import { isJsonObject, type JsonObject } from '../../config/members.ts'
import type { Candidate } from '../rehearse/candidate.ts'
import { ownEntries } from './chain.ts'
import { type PodCandidate, toPodCandidate } from './pods.ts'
import type { ConfigurationUnit, PodUnit, Unit } from './unit.ts'

/** Everything that has to be rehearsed. */
export interface Agenda {
  readonly candidates: readonly Candidate[]
  readonly pods: ReadonlyMap<Unit, PodCandidate>
  /** Whether pods were given without a network that could allow them anything. */
  readonly lacksNetwork: boolean
}

/** `ifName` is from the command line; networks of Multus make other interfaces. */
export function planAgenda(units: readonly Unit[], ifName: string | undefined): Agenda {
  const networks = units.filter((unit): unit is ConfigurationUnit => unit.kind === 'configuration')
  const entries = networks.flatMap((network) => candidatesOf(network, ifName))
  const network = findNetwork(networks)
  const pods = new Map<Unit, PodCandidate>()
  // Replicas have the same wishes.
  const known = new Map<string, PodCandidate>()
  for (const unit of units.filter((each): each is PodUnit => each.kind === 'pod')) {
    const [candidate] = toPodCandidate(unit, network)
    if (candidate === undefined) continue
    const wish = JSON.stringify([unit.namespace, candidate.text, unit.name.replace(/-[^-]*$/, '')])
    const same = known.get(wish) ?? candidate
    known.set(wish, same)
    pods.set(unit, same)
  }
  return { candidates: [...entries, ...known.values()], pods, lacksNetwork: pods.size > 0 && network === undefined }
}

function candidatesOf({ object, ifName: usual }: ConfigurationUnit, typed: string | undefined): Candidate[] {
  const ifName = typed ?? usual
  const candidates = ownEntries(object).flatMap(({ entry }) => withVariants(entry))
  return candidates.map((each) => ({ ...each, ...(ifName !== undefined && { ifName }) }))
}

/** The entry without and with each of its profiles. */
export function withVariants(entry: JsonObject): Candidate[] {
  return [{ entry }, ...variantsOf(entry)]
}

/** The entry as each of its profiles makes it. */
function variantsOf(entry: JsonObject): Candidate[] {
  const [name = ''] = Object.keys(entry).filter((each) => each.toLowerCase() === 'profiles')
  const profiles = entry[name]
  const others = Object.entries(entry).filter(([each]) => each.toLowerCase() !== 'namespaces')
  return Object.keys(isJsonObject(profiles) ? profiles : {}).map((profile) => ({
    entry: { ...Object.fromEntries(others), namespaces: { '*': { profile } } },
    args: new Map([['K8S_POD_NAMESPACE', 'x']]),
    variantOf: { entry, profile },
  }))
}

/** The entry that decides about pods: the first that reads annotations, or else the first of a node's conflist. */
function findNetwork(networks: readonly ConfigurationUnit[]): JsonObject | undefined {
  const ofNode = networks.filter(({ ifName }) => ifName === undefined)
  const entries = ofNode.flatMap(({ object }) => ownEntries(object).map(({ entry }) => entry))
  return entries.find(({ pod }) => isJsonObject(pod)) ?? entries[0]
}
