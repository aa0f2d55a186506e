import { asKind, catchKind } from '../os/as-kind.ts'
import type { Os } from '../os/os.ts'
import type { Surroundings } from '../subject/surroundings.ts'
import { WriteError, writeTargets } from './apply.ts'
import { reportGlobs } from './globs.ts'
import { lookAtEach } from './look.ts'
import type { Plan, Write } from './plan.ts'
import { type Fault, gather, type Place, type Rehearsal } from './rehearsal.ts'
import { holdsWanted, readOrNone, type Target } from './target.ts'
import { type Deviation, verifyTargets } from './verify.ts'
import { planWishes } from './wishes.ts'

/** The netns of a rehearsal. */
export interface Stage {
  /** Makes a new netns with the interface and enters it. */
  readonly enter: () => void
  /** Reads what is in that netns. */
  readonly lookAround: () => Surroundings
}

/**
 * The container's half of a rehearsal: does in a throwaway netns what ADD would do, and returns what would be refused, cut
 * or overwritten. It goes on after a refusal, to find all problems. Leaves the thread in such a netns.
 */
export function rehearse(os: Os, rehearsal: Rehearsal, stage: Stage): Fault[] {
  const quiet: Os = { ...os, writeStderr: () => undefined }
  const { wishes } = rehearsal
  const wanted = planWishes(wishes)
  // Settings that may fail are reported too.
  const plan = wanted.map((write): Write => (write.onFailure === 'log' ? { ...write, onFailure: 'fail' } : write))
  const optional = new Set(wanted.filter(({ onFailure }) => onFailure === 'log').map(({ subject }) => subject.id))
  const toFault = (write: Write, kind: Fault['kind'], message: string): Fault => {
    const { at, hasIfName } = rehearsal.places.get(write.subject.id) as Place
    const isIgnored = kind === 'refused' && optional.has(write.subject.id)
    const written = hasIfName ? message.replaceAll(`.${rehearsal.ifName}.`, '.IFNAME.') : message
    return { at, kind: isIgnored ? 'ignored' : kind, message: written }
  }
  stage.enter()
  const { targets, failures, misfits } = lookAtEach(quiet, plan)
  let known: Surroundings | undefined
  const surroundings = () => {
    known ??= stage.lookAround()
    return known
  }
  const faults = failures
    .filter(({ write }) => write.onFailure === 'fail')
    .map(({ write, error }) => {
      const { subject } = write
      return toFault(write, 'refused', `${subject.name}: ${subject.explainTarget(error, surroundings)}`)
    })
  for (const { write, before, problem } of misfits) {
    const held = JSON.stringify(before.replaceAll('\t', ' '))
    const message = `${write.subject.name}: ${problem.reason}; it holds ${held}`
    faults.push(toFault(write, problem.isRefused ? 'refused' : 'cut', message))
  }
  for (const inheritance of wishes.inheritances) {
    gather(faults, inheritance.at, () => reportGlobs(quiet, [inheritance], targets))
  }
  const written = writeAll(quiet, targets, (write, message) => faults.push(toFault(write, 'refused', message)))
  const deviations = verifyTargets(quiet, written)
  if (deviations.length === 0) return faults
  const culprits = findCulprits(quiet, plan, deviations, stage)
  return [
    ...faults,
    ...deviations.map((deviation) => {
      const culprit = culprits.get(deviation.write.subject.id)
      const kind = culprit === undefined ? 'cut' : 'overwritten'
      return toFault(deviation.write, kind, describe(deviation, culprit))
    }),
  ]
}

/** Writes all targets as ADD does. After a refusal it starts again without that target. The targets that were written. */
function writeAll(os: Os, targets: readonly Target[], onRefusal: (write: Write, message: string) => void) {
  for (let rest = targets; ; ) {
    try {
      return writeTargets(os, rest)
    } catch (error) {
      const { write: refused, problems } = asKind(WriteError, error)
      onRefusal(refused, problems[0].msg)
      rest = rest.filter(({ write }) => write !== refused)
    }
  }
}

/** Writes all again, one after the other, to see which values do not last; by their ids, what overwrites them. */
function findCulprits(os: Os, plan: Plan, deviations: readonly Deviation[], stage: Stage): Map<string, Write> {
  const watched = new Set(deviations.map(({ write }) => write.subject.id))
  const culprits = new Map<string, Write>()
  stage.enter()
  let held: Target[] = []
  for (const target of lookAtEach(os, plan).targets) {
    catchKind(WriteError, () => writeTargets(os, [target]))
    for (const { write } of held) {
      if (!holdsWanted(write, readOrNone(os, write))) culprits.set(write.subject.id, target.write)
    }
    held = held.filter(({ write }) => !culprits.has(write.subject.id))
    const { write } = target
    if (watched.has(write.subject.id) && holdsWanted(write, readOrNone(os, write))) held.push(target)
  }
  return culprits
}

function describe({ write, after }: Deviation, culprit: Write | undefined): string {
  const { subject, value } = write
  const [wanted, held] = [value, after].map((text) => JSON.stringify(text.replaceAll('\t', ' ')))
  if (culprit === undefined) return `${subject.name}: the kernel makes ${held} of ${wanted}`
  return `${subject.name}: ${wanted} does not last: ${culprit.subject.name} is written later and makes it ${held}; leave one of the two out, because runtimes sort the sysctls of an entry by name`
}
