import type { Os } from '../../../os/os.ts'
import { CliError } from '../../cli-error.ts'
import type { Report } from '../../command.ts'
import { pathIn } from '../paths.ts'
import { readIfThere } from '../steps.ts'
import { writeFile } from '../write-file.ts'

const MODE = 0o644
/** How often a watcher confirms that all is well: a killed watcher cannot report a problem. */
const FRESH_SECONDS = 45

/** What a watcher reports about itself. */
export interface Standing {
  /** Whether the executable and the entry were in place at the last look. */
  readonly isInstalled: boolean
  /** How often it had to repair something since it started. */
  readonly restored: number
  /** Seconds since 1970; undefined if nothing has changed yet. */
  readonly lastChange: number | undefined
}

/** The file that exists while everything is in place. */
function readyPath(folder: string): string {
  return pathIn(folder, 'ready')
}

/** Makes the folder if it is missing; an earlier watcher's files do not count. Throws OsError. */
export function prepareStateDir(os: Os, folder: string): void {
  os.makeDirectory(folder, 0o755)
  os.removeFile(readyPath(folder))
}

/** Brings both files up to date. Throws OsError. */
export function tellStanding(os: Os, folder: string, standing: Standing): void {
  writeFile(os, pathIn(folder, 'netns-sysctl.prom'), formatMetrics(standing), MODE)
  if (standing.isInstalled) writeFile(os, readyPath(folder), `${os.wallClock()}\n`, MODE)
  else os.removeFile(readyPath(folder))
}

/** Called when the watcher ends. Throws OsError. */
export function removeReady(os: Os, folder: string): void {
  os.removeFile(readyPath(folder))
}

/** For a probe: exit code 0 if a watcher has just found everything in place. Otherwise throws CliError, for exit code 2. */
export function reportReady(os: Os, folder: string): Report {
  const path = readyPath(folder)
  const text = readIfThere(os, path)
  if (text === undefined) throw new CliError(`not ready: ${path} is not there`)
  const age = os.wallClock() - Number(text)
  if (!(age < FRESH_SECONDS))
    throw new CliError(`not ready: ${path} is ${Math.round(age)} s old; nobody watches any more`)
  return { text: 'ready\n', json: { ready: true }, exitCode: 0 }
}

/** Prometheus' text format, for the textfile collector of node_exporter. */
function formatMetrics({ isInstalled, restored, lastChange }: Standing): string {
  const metrics = [
    ['installed', 'gauge', 'Whether the executable and the entry are where they should be.', Number(isInstalled)],
    ['restored_total', 'counter', 'How often one of them had to be put back since the watcher started.', restored],
    [
      'last_change_timestamp_seconds',
      'gauge',
      'When the watcher changed a file the last time; 0 for never.',
      lastChange ?? 0,
    ],
  ] as const
  const lines = metrics.map(([name, type, help, value]) => {
    const full = `netns_sysctl_${name}`
    return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${full} ${value}\n`
  })
  return lines.join('')
}
