import { collect } from '../../cni/error.ts'
import { log } from '../../os/log.ts'
import { catchOsError, type Os } from '../../os/os.ts'
import { parseSysctlKey } from '../../sysctl/key.ts'
import { CliError } from '../cli-error.ts'
import { wordBadLine } from '../import/assignments.ts'
import { FATE_WORDS, type Imported } from '../import/entry.ts'
import { readGivenFiles } from '../import/files.ts'
import { judgeFiles } from '../import/read.ts'
import { type RehearsalOptions, viewHost } from '../rehearse/place.ts'

type Sysctls = Readonly<Record<string, string>>

/**
 * The settings of an entry that give pods the values of the node's sysctl.d files. Notes on stderr what is left out. Throws
 * CliError if that cannot be checked, and OsError for files that cannot be read.
 */
export function importSysctls(os: Os, paths: readonly string[], isFirst: boolean, at: RehearsalOptions): Sysctls {
  const files = readGivenFiles(os, paths)
  const named = paths.join(', ')
  if (files.length === 0) throw new CliError(`${named}: has no sysctl.d file, which would end in .conf`)
  try {
    const { imported, badLines, hasLooked } = judgeFiles(viewHost(os, at, false).os, files, isFirst)
    if (!hasLooked) {
      throw new CliError(
        '--import needs root: what pods have without an entry is seen in a new network namespace; or let import print the entry as root, and give it with --entry',
      )
    }
    for (const bad of badLines) log(os, `warning: ${wordBadLine(bad)}; it is left out`)
    log(os, tellFates(named, imported))
    return Object.fromEntries(imported.flatMap(({ entryKey, value }) => (entryKey === null ? [] : [[entryKey, value]])))
  } finally {
    // In a user namespace it may be impossible to return; the next steps report what they cannot do.
    catchOsError(() => os.leaveNetns())
  }
}

/** Later ones win, even with another spelling or another `-`. */
export function joinSysctls(imported: Sysctls, typed: Sysctls): Sysctls {
  const names = new Set(Object.keys(typed).map(canonical))
  const rest = Object.entries(imported).filter(([name]) => !names.has(canonical(name)))
  return { ...Object.fromEntries(rest), ...typed }
}

function canonical(name: string): string {
  const plain = name.replace(/^-/, '')
  return collect([], () => parseSysctlKey(plain))?.canonical ?? plain
}

/** `/etc/sysctl.d: 2 of 3 sysctls are for the entry; left out: net.core.netdev_max_backlog (only the node has it)` */
function tellFates(named: string, imported: readonly Imported[]): string {
  const ofNet = imported.filter(({ fate }) => fate !== 'foreign')
  const rest = ofNet.filter(({ entryKey }) => entryKey === null)
  const count = ofNet.length - rest.length
  const total = `${count} of ${ofNet.length} sysctls ${count === 1 ? 'is' : 'are'} for the entry`
  const words = rest.map(({ key, fate }) => `${key} (${FATE_WORDS[fate]})`)
  return `${named}: ${total}${words.length === 0 ? '' : `; left out: ${words.join(', ')}`}`
}
