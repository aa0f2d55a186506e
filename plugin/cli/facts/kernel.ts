import { collect, type Problem } from '../../cni/error.ts'
import type { Os } from '../../os/os.ts'
import { readAllowlist } from '../../policy/allowlist.ts'
import type { Surroundings, SysctlTree } from '../../subject/surroundings.ts'
import { type Candidate, planCandidate } from '../rehearse/candidate.ts'
import type { Kernel } from '../rehearse/kernel.ts'
import { type Facts, parseMode, type SysctlFacts } from './facts.ts'
import { findMisfits } from './shapes.ts'
import { viewFacts } from './view.ts'

const NO_REHEARSAL = 'what the kernel does with the values: no rehearsal, these are the facts of another node'

/** What lint needs to know of a node, from its facts: only the host's half of each ADD is rehearsed. */
export function toKernel(os: Os, facts: Facts, candidates: readonly Candidate[], ifName: string): Kernel {
  const view = viewFacts(os, facts)
  const policy: Problem[] = []
  const allowlist = collect(policy, () => readAllowlist(view))
  const onHost = treeOf(facts, ([hostMode]) => hostMode)
  const host: Surroundings = { inNetns: onHost, onHost, links: ['lo'], release: facts.release }
  const netns = { ...host, inNetns: treeOf(facts, ([, netnsMode]) => netnsMode) }
  const planned = candidates.map((each) => planCandidate(view, each, { ifName, allowlist, policy }))
  return {
    host,
    netns,
    confAll: readConfAll(facts),
    ifName,
    outcomes: new Map(
      planned.map(({ entry, outcome, rehearsal }) => {
        const misfits = rehearsal === undefined ? [] : findMisfits(facts, rehearsal)
        return [entry, { ...outcome, faults: [...outcome.faults, ...misfits] }]
      }),
    ),
    notLookedAt: [NO_REHEARSAL],
    notes: [`for a node with Linux ${facts.release}`],
  }
}

function treeOf({ sysctls }: Facts, modeOf: (facts: SysctlFacts) => string | null): SysctlTree {
  return new Map(
    Object.entries(sysctls).flatMap(([name, each]): [string, number][] => {
      const mode = modeOf(each)
      return mode === null ? [] : [[name, parseMode(mode)]]
    }),
  )
}

const CONF_ALL = 'net.ipv4.conf.all.'

function readConfAll({ sysctls }: Facts): Map<string, string> {
  return new Map(
    Object.entries(sysctls).flatMap(([name, [, , , value]]): [string, string][] =>
      name.startsWith(CONF_ALL) && value !== null ? [[name.slice(CONF_ALL.length), value]] : [],
    ),
  )
}
