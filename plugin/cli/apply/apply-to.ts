import { CniError } from '../../cni/error.ts'
import { DEFAULT_DATA_DIR } from '../../config/record-conf.ts'
import { catchOsError, type Os, OsError } from '../../os/os.ts'
import type { Target } from '../../plan/target.ts'
import { reapply } from '../../state/reapply.ts'
import type { Reapplied } from '../../state/reapply-job.ts'
import { CliError } from '../cli-error.ts'
import { wordError } from '../errors.ts'
import type { NodeAttachment } from '../node/attachments.ts'
import { openIfAlive } from '../node/judge.ts'
import { type Network, type NodeNetwork, placeOf } from '../node/networks.ts'
import { createPlanner } from '../node/planner.ts'
import { networkOf, type Row } from '../node/rows.ts'
import { planNetwork, valuesOf } from '../node/wanted.ts'
import { countListening } from './listening.ts'

/** A value that was changed, or could not be. */
export interface Change {
  readonly name: string
  /** Null if it cannot be read. */
  readonly before: string | null
  readonly after: string
}

/** The changes of one attachment, made or planned. */
export interface Applied extends Pick<Row, 'name' | 'pod'> {
  readonly containerId: string
  readonly network: string
  readonly ifName: string
  readonly set: readonly Change[]
  readonly putBack: readonly Change[]
  readonly left: readonly Change[]
  /** Sockets that keep their accept queue; 0 if net.core.somaxconn was not raised. */
  readonly listening: number
  /** Other things that were not done, and why. */
  readonly remark?: string
  /** Why nothing was done. */
  readonly error?: string
}

/** Whether nothing is written, and whether values that were changed since ADD are overwritten too. */
export interface Mode {
  readonly isDryRun: boolean
  readonly isForced: boolean
}

/**
 * Brings one attachment up to date, and returns from its netns. Throws CliError if it cannot return: the values
 * of the node, which other containers inherit, could not be read any more.
 */
export function applyTo(os: Os, row: Row, networks: readonly NodeNetwork[], mode: Mode): Applied {
  const applied = applyInside(os, row, networks, mode)
  const leave = () => catchOsError(() => os.leaveNetns())
  // A failure may be temporary.
  const failure = leave() && leave()
  if (!(failure instanceof OsError)) return applied
  throw new CliError(
    `${row.name} is done, but there is no way back from its network namespace (${failure.errno}); the rest was left as it is`,
  )
}

function applyInside(os: Os, row: Row, networks: readonly NodeNetwork[], mode: Mode): Applied {
  const attachment = row.attachment as NodeAttachment
  const { containerId, network: name, ifName } = attachment
  const known = { name: row.name, pod: row.pod, containerId, network: name, ifName }
  const nothing = { ...known, set: [], putBack: [], left: [], listening: 0 }
  const network = networkOf(networks, attachment)
  if (network === undefined) {
    // For example a network of Multus without the plugin.
    const isOurs = attachment.records.length + (attachment.asked?.entries.length ?? 0) > 0
    return isOurs ? { ...nothing, remark: row.reason ?? '' } : nothing
  }
  const isFirstToo = network.entries.some((entry) => placeOf(entry) === 'first')
  const isLate = isFirstToo && row.state !== 'in order'
  const late = isLate ? ['the entry with first counts for new containers only'] : []
  try {
    const done = enterAndReapply(os, attachment, chainedOf(network), mode)
    if (done === undefined) return { ...nothing, error: 'is gone' }
    const { stuck, ...changes } = done
    const remarks = [...late, ...stuck.map((name) => `${name} is not asked for any more, and could not be put back`)]
    return { ...known, ...changes, ...(remarks.length > 0 && { remark: remarks.join('; ') }) }
  } catch (error) {
    if (error instanceof CliError || error instanceof CniError || error instanceof OsError)
      return { ...nothing, error: wordError(error) }
    throw error
  }
}

type Done = Pick<Applied, 'set' | 'putBack' | 'left' | 'listening'> & Pick<Reapplied, 'stuck'>

function enterAndReapply(os: Os, attachment: NodeAttachment, network: Network, mode: Mode): Done | undefined {
  // Subjects keep files of one netns open, so each netns has its own planner.
  const planner = createPlanner(os)
  const asked = attachment.asked && chainedOf(attachment.asked)
  const then = planNetwork(planner, asked, attachment)
  const now = planNetwork(createPlanner(os), network, attachment)
  if ('reason' in now) throw new CliError(now.reason)
  const isOurs = network.entries.length > 0 || attachment.records.some(({ entry }) => entry === 'chained')
  const netns = openIfAlive(os, attachment.netns)
  if (netns === undefined) return undefined
  try {
    if (!isOurs) return { set: [], putBack: [], left: [], stuck: [], listening: 0 }
    os.enterNetns(netns)
    const { containerId, network: name, ifName } = attachment
    const reapplied = reapply(os, {
      attachment: { containerId, network: name, ifName, entry: 'chained' },
      dataDir: dataDirOf(asked) ?? dataDirOf(network) ?? DEFAULT_DATA_DIR,
      netns,
      plan: now.plan,
      formerly: 'plan' in then ? valuesOf(then.plan) : new Map(),
      ...mode,
    })
    return toDone(os, reapplied)
  } finally {
    os.close(netns)
  }
}

function chainedOf({ name, entries }: Network): Network {
  return { name, entries: entries.filter((entry) => placeOf(entry) === 'chained') }
}

/** The place where DEL and CHECK will look: their request is the old one. */
function dataDirOf(network: Network | undefined): string | undefined {
  return network?.entries.map(({ dataDir }) => dataDir ?? DEFAULT_DATA_DIR).find((each) => typeof each === 'string') as
    | string
    | undefined
}

function toDone(os: Os, { set, putBack, left, stuck }: Reapplied): Done {
  const isRaised = set.some(({ write, before }) => {
    return write.subject.id === 'net.core.somaxconn' && Number(write.value) > Number(before)
  })
  return {
    set: set.map(toChange),
    putBack: putBack.map(toChange),
    left: left.map(toChange),
    stuck,
    listening: isRaised ? countListening(os) : 0,
  }
}

function toChange({ write, before }: Target): Change {
  return { name: write.subject.name, before: before ?? null, after: write.value }
}
