import { log } from '../../os/log.ts'
import type { Os } from '../../os/os.ts'
import { CliError } from '../cli-error.ts'
import { type CheckOptions, checkEntry } from './check-entry.ts'
import { SELF } from './copy.ts'
import type { AskedEntry } from './entry-options.ts'
import type { Place } from './place.ts'
import { checkRuns } from './runs/check.ts'

/** The place for both. */
interface Places {
  readonly place: Place
  readonly binDir: string
}

const UNREHEARSED =
  'not checked: with --watch --unchecked nothing is rehearsed; if the kernel or the allowlist refuses the entry, no pod starts; check it first, with lint'

/**
 * Checks the entry and the executable, and notes on stderr what people should know. Throws CliError for errors that would keep
 * containers from starting.
 */
export function tellChecks(
  os: Os,
  asked: AskedEntry | undefined,
  { place, binDir }: Places,
  options: CheckOptions,
): void {
  // With a watcher, another container rehearses, which has more rights.
  if (options.isWatched && options.isUnchecked) log(os, UNREHEARSED)
  else if (asked !== undefined) for (const each of checkEntry(os, asked, place, options)) log(os, each)
  tellRuns(os, binDir, options)
}

/** Throws CliError for an executable that does not start on the node. Notes it if that is not checked. */
function tellRuns(os: Os, binDir: string, { hostRoot, isUnchecked }: CheckOptions): void {
  try {
    checkRuns(os, SELF, binDir, hostRoot)
  } catch (error) {
    if (!isUnchecked || !(error instanceof CliError)) throw error
    log(os, `warning: ${error.message}`)
  }
}
