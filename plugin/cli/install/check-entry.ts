import type { JsonObject } from '../../config/members.ts'
import { catchOsError, type Os, OsError } from '../../os/os.ts'
import { CliError } from '../cli-error.ts'
import { withVariants } from '../lint/agenda.ts'
import { lintOwn } from '../lint/chain.ts'
import { lintEntry } from '../lint/entry.ts'
import type { Remark } from '../lint/finding.ts'
import { OWN_TYPE } from '../own-type.ts'
import { type Kernel, readKernel } from '../rehearse/kernel.ts'
import type { RehearsalOptions } from '../rehearse/place.ts'
import type { AskedEntry } from './entry-options.ts'
import type { Place } from './place.ts'
import { readStanding, type StandingEntry } from './standing.ts'

/** How an entry is checked before it is installed. */
export interface CheckOptions extends RehearsalOptions {
  /** Whether an entry that cannot be rehearsed is still installed. */
  readonly isUnchecked: boolean
  /** Whether an agent may rewrite the file: then the entry is also checked without the file's present members. */
  readonly isWatched: boolean
}

/**
 * Rehearses the entry as it will be in the file, to find here what ADD would refuse later in every pod. Returns
 * warnings. Throws CliError with all errors, or if it cannot be rehearsed.
 */
export function checkEntry(os: Os, asked: AskedEntry, place: Place, options: CheckOptions): string[] {
  const alone: JsonObject = { type: OWN_TYPE, ...asked.wanted }
  const standing = options.isWatched ? tryStanding(os, asked, place) : readStandingOf(os, asked, place)
  const isAlone = standing === undefined || options.isWatched
  const entries = [...(isAlone ? [alone] : []), ...(standing === undefined ? [] : [standing.entry])]
  const kernel = readKernel(os, entries.flatMap(withVariants), options)
  const remarks = [
    ...(isAlone ? lintEntry(alone, kernel) : []),
    ...(standing === undefined ? [] : lintStanding(standing, kernel)),
  ]
  const wordsOf = (level: Remark['level']) =>
    new Set(remarks.filter((each) => each.level === level).map(({ message }) => message))
  const errors = wordsOf('error')
  if (errors.size > 0) throw new CliError([...errors].join('; '))
  const missing = kernel.notLookedAt.map((each) => `not looked at: ${each}`)
  if (missing.length > 0 && !options.isUnchecked) {
    throw new CliError(`${missing.join('; ')}; --unchecked installs it all the same`)
  }
  const warnings = [...wordsOf('warning')].map((message) => `warning: ${message}`)
  return [...warnings, ...missing, ...kernel.notes.map((note) => `note: ${note}`)]
}

function readStandingOf(os: Os, { edit, wanted }: AskedEntry, place: Place): StandingEntry | undefined {
  return readStanding(os, place, edit, wanted)
}

/** Somebody may be writing the file just now; the watcher waits for that. */
function tryStanding(os: Os, asked: AskedEntry, place: Place): StandingEntry | undefined {
  try {
    const standing = catchOsError(() => readStandingOf(os, asked, place))
    return standing instanceof OsError ? undefined : standing
  } catch (error) {
    if (error instanceof CliError) return undefined
    throw error
  }
}

function lintStanding({ entry, plugins, index, placeOf, nameOf }: StandingEntry, kernel: Kernel): Remark[] {
  const remarks = lintOwn(entry, { plugins, index }, kernel, placeOf)
  return remarks.map((remark) => ({ ...remark, message: nameOf(remark.at) + remark.message }))
}
