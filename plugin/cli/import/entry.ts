import { CniError } from '../../cni/error.ts'
import type { Os } from '../../os/os.ts'
import { IFNAME, interfaceOf, parseSysctlKey, type SysctlKey, segmentsOf } from '../../sysctl/key.ts'
import { isAlwaysOfNode } from '../../sysctl/whole-node.ts'
import { explainKey, type Node, type Reading, readHost, readNewNetns } from '../explain/explanation.ts'
import { OWN_TYPE } from '../own-type.ts'
import type { Assignment } from './assignments.ts'

/** What a sysctl of the node's files means in its pods. */
export type Fate = 'follows' | 'entry' | 'node' | 'interface' | 'absent' | 'foreign' | 'unknown'

/** The words for each fate. */
export const FATE_WORDS: Readonly<Record<Fate, string>> = {
  follows: 'reaches pods by itself',
  entry: 'an entry must set it',
  node: 'only the node has it',
  interface: 'only that interface of the node',
  absent: 'does not exist here',
  foreign: 'not of the network',
  unknown: 'not looked at: run it as root',
}

/** One assignment of the node's files and what it means for pods. */
export interface Imported {
  readonly key: string
  readonly value: string
  readonly file: string
  readonly line: number
  readonly fate: Fate
  /** The setting of an entry that gives pods the value; null if there is none. */
  readonly entryKey: string | null
}

/** An assignment, and its sysctl as on the host. */
export interface HostReading {
  readonly assignment: Assignment
  readonly key: SysctlKey | undefined
  readonly host: Reading | undefined
}

/** Reads each on the host, before a netns is entered. */
export function readOnHost(os: Os, assignments: readonly Assignment[]): HostReading[] {
  return assignments.map((assignment) => {
    const key = assignment.segments[0] === 'net' ? tryKey(assignment.segments.join('/')) : undefined
    return { assignment, key, host: key && readHost(os, key) }
  })
}

/** The circumstances of a judgement. */
export interface Judging {
  /** Whether the thread is in a new netns. */
  readonly hasLooked: boolean
  /** Whether the entry will be before the network plugin. */
  readonly isFirst: boolean
}

/** Decides the fate of each. */
export function judge(
  os: Os,
  readings: readonly HostReading[],
  node: Node,
  { hasLooked, isFirst }: Judging,
): Imported[] {
  return readings.map(({ assignment, key, host }) => {
    const { value, file, line, segments } = assignment
    if (key === undefined || host === undefined) {
      const name = segments.join('.')
      const fate = segments[0] !== 'net' ? 'foreign' : isAlwaysOfNode(name) ? 'node' : 'absent'
      return { key: name, value, file, line, fate, entryKey: null }
    }
    const pod = isFirst ? key : podKey(key)
    const explanation = explainKey(pod, host, hasLooked ? readNewNetns(os, pod) : undefined, node)
    const fate = interfaceOf(key) !== undefined && interfaceOf(key) !== 'lo' ? 'interface' : fateOf(explanation)
    const name = assignment.mayFail ? `-${pod.canonical}` : pod.canonical
    return { key: key.canonical, value, file, line, fate, entryKey: fate === 'entry' ? name : null }
  })
}

/** The entry for a conflist that gives pods the values that they do not get from the node. */
export function makeEntry(imported: readonly Imported[], byName: boolean): Readonly<Record<string, unknown>> {
  const wanted = imported.flatMap(({ entryKey, value }) => (entryKey === null ? [] : [[entryKey, value] as const]))
  if (!byName) return { type: OWN_TYPE, sysctl: Object.fromEntries(wanted) }
  return { type: OWN_TYPE, inherit: wanted.map(([name]) => name.replace(/^-/, '')) }
}

function fateOf({ exists, settable, followsHost }: ReturnType<typeof explainKey>): Fate {
  if (exists === false) return 'absent'
  if (followsHost === true) return 'follows'
  if (settable === null) return 'unknown'
  return settable ? 'entry' : 'node'
}

/** A pod's interface was made before an entry behind the network plugin runs: `default` would come too late. */
function podKey(key: SysctlKey): SysctlKey {
  const segments = segmentsOf(key)
  const isDefault = segments.length === 5 && ['conf', 'neigh'].includes(segments[2] ?? '') && segments[3] === 'default'
  return isDefault ? parseSysctlKey(segments.with(3, IFNAME).join('/')) : key
}

function tryKey(text: string): SysctlKey | undefined {
  try {
    return parseSysctlKey(text)
  } catch (error) {
    if (error instanceof CniError) return undefined
    throw error
  }
}
