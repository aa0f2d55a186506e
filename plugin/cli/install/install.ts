import type { Os } from '../../os/os.ts'
import { CliError, UsageError } from '../cli-error.ts'
import { defineCommand, type Report } from '../command.ts'
import type { Arguments, Option } from '../options.ts'
import type { Paint } from '../paint.ts'
import { parseRehearsalOptions, REHEARSAL_OPTIONS, type RehearsalOption } from '../rehearse/place.ts'
import { tellUnread } from '../runtimes.ts'
import { DEFAULT_BIN_DIR } from './bin-dir.ts'
import { carryOut } from './carry-out.ts'
import { tellChecks } from './checks.ts'
import { planCopy } from './copy.ts'
import { ENTRY_OPTIONS, type EntryOption, parseEntry } from './entry-options.ts'
import { whileLocked } from './lock.ts'
import { DEFAULT_CONF_DIR } from './net-d.ts'
import { warnOfOtherFolder } from './other-folder.ts'
import { folderOf, nameOf, parseFolder } from './paths.ts'
import { type Place, planPlace } from './place.ts'
import type { Job } from './watch/look.ts'
import { reportReady } from './watch/state-dir.ts'
import { watch } from './watch/watch.ts'
import { describeWatcher } from './watchers.ts'

const OPTIONS = [
  { name: '--bin-dir', value: 'FOLDER', help: `The folder of the node's CNI plugins; ${DEFAULT_BIN_DIR}` },
  { name: '--conf-dir', value: 'FOLDER', help: `The folder of the node's networks; ${DEFAULT_CONF_DIR}` },
  { name: '--into', value: 'FILE', help: "The network's file; otherwise the first by name, which runtimes load" },
  ...ENTRY_OPTIONS,
  { name: '--own-file', value: 'NAME', help: 'Put the entry into a copy of this name, which sorts first' },
  { name: '--watch', help: 'Stay, and put both back whenever somebody changes them' },
  {
    name: '--state-dir',
    value: 'FOLDER',
    help: 'The folder for the readiness file of --watch and for metrics (Prometheus)',
  },
  { name: '--ready', help: 'Only check if a watcher with that --state-dir is ready' },
  { name: '--dry-run', help: 'Only show what would change' },
  { name: '--unchecked', help: 'Install what cannot be rehearsed here' },
  ...REHEARSAL_OPTIONS,
] as const satisfies readonly Option[]

type InstallOption = (typeof OPTIONS)[number]['name'] | EntryOption | RehearsalOption

export const installCommand = defineCommand<InstallOption>({
  name: 'install',
  summary: 'copies itself to the CNI plugins and adds its entry to a conflist',
  usage: [
    '[--bin-dir FOLDER] [--dry-run]',
    '[--into FILE] [--own-file NAME] --sysctl KEY=VALUE…',
    '[--into FILE] --import FILE|FOLDER…',
    '--watch [--state-dir FOLDER] [--sysctl KEY=VALUE]…',
    '--ready --state-dir FOLDER',
  ],
  description: [
    "Copies this executable into the folder, and puts an entry at the end of the conflist's plugins, or brings its own up to date there: --sysctl and --inherit replace what the entry had. --import sets what pods lack of the node's sysctl.d files, as import finds it. Everything else in the file stays as it is, and doing it again changes nothing. Runtimes never see a partly written file. The ADD of the entry, with what the file has of it already, is rehearsed in a throwaway network namespace; it refuses what would fail there, and, without --unchecked, what cannot be rehearsed here; a sysctl that only some nodes have is written --sysctl=-KEY=VALUE. Before that, it checks that the executable starts on the node.",
    'A configuration of a single plugin becomes a conflist; uninstall puts it back. With --own-file the file of the network stays as it is: a copy of it has the entry, and sorts before it.',
    'With --watch it stays: it waits for the network if there is none yet, and puts the entry back within a second after an agent has rewritten the file. SIGTERM ends it and leaves everything in place.',
  ],
  options: OPTIONS,
  example: 'install --into /etc/cni/net.d/10-flannel.conflist --sysctl net.core.somaxconn=16384',
  run: install,
})

function install(os: Os, args: Arguments<InstallOption>, paint: Paint): Report {
  if (args.operands.length > 0) throw new UsageError(`${args.operands.join(' ')} is not expected here`)
  const stateDir = args.value('--state-dir')
  if (args.isGiven('--ready')) {
    if (stateDir === undefined) throw new UsageError('--ready goes with --state-dir')
    return reportReady(os, stateDir)
  }
  const host = parseRehearsalOptions(args.value('--ifname'), args.value('--host-root'))
  const place = parsePlace(args)
  const binDir = parseFolder(args.value('--bin-dir') ?? DEFAULT_BIN_DIR)
  checkTogether(args)
  const asked = parseEntry(os, args, host)
  const isWatched = args.isGiven('--watch')
  const checkAll = () =>
    tellChecks(os, asked, { place, binDir }, { ...host, isWatched, isUnchecked: args.isGiven('--unchecked') })
  if (asked !== undefined) tellUnread(os, [place.folder], host.hostRoot)
  const job = asked && { binDir, place, edit: asked.edit }
  const isDryRun = args.isGiven('--dry-run')
  if (job !== undefined && isWatched && !isDryRun) {
    checkAll()
    return watch(os, job, stateDir)
  }
  const once = () => {
    checkAll()
    const copy = planCopy(os, binDir)
    if (job === undefined) return carryOut({ steps: [copy], warnings: [], isDryRun }, paint)
    const { steps, warnings } = planOnce(os, job, isWatched)
    const watcher = describeWatcher(os, [place.folder])
    const more = watcher === undefined ? [] : [`${watcher}; if it keeps the same file, it puts its own entry back`]
    return carryOut({ steps: [copy, ...steps], warnings: [...warnings, ...more], isDryRun }, paint)
  }
  // The file must not change between the rehearsal and the edit.
  return isDryRun ? once() : whileLocked(os, binDir, job === undefined ? [] : [place.folder], once)
}

function parsePlace(args: Arguments<InstallOption>): Place {
  const into = args.value('--into')
  const given = args.value('--conf-dir')
  const ownFile = args.value('--own-file')
  if (into !== undefined && given !== undefined)
    throw new UsageError('--into names the folder too; leave out --conf-dir')
  if (ownFile !== undefined && (nameOf(ownFile) !== ownFile || !ownFile.endsWith('.conflist'))) {
    throw new UsageError(`--own-file ${ownFile} must be the name of a file, and end with .conflist`)
  }
  if (into !== undefined && nameOf(into) === ownFile)
    throw new UsageError('--own-file must be another file than --into')
  const folder = into === undefined ? parseFolder(given ?? DEFAULT_CONF_DIR) : folderOf(into)
  return { folder, into, ownFile }
}

/** Throws UsageError for options that need other options. */
function checkTogether(args: Arguments<InstallOption>): void {
  const hasEntry = ENTRY_OPTIONS.some(({ name }) => args.isGiven(name))
  const lone = (['--into', '--conf-dir', '--own-file', '--watch'] as const).find((name) => args.isGiven(name))
  if (!hasEntry && lone !== undefined) {
    throw new UsageError(
      `${lone} goes with what the entry is to have: at least one --sysctl, --inherit, --import, --pod-allow or --entry`,
    )
  }
  if (args.isGiven('--state-dir') && !args.isGiven('--watch')) throw new UsageError('--state-dir goes with --watch')
}

function planOnce(
  os: Os,
  { binDir, place, edit }: Job,
  isWatched: boolean,
): Pick<ReturnType<typeof planPlace>, 'steps' | 'warnings'> {
  const { source, steps, warnings } = planPlace(os, place, edit)
  if (source === undefined && !isWatched) {
    const missing = place.into ?? `network in ${place.folder}`
    throw new CliError(`there is no ${missing}; where a node gets it later, install --watch waits for it`)
  }
  const isStale = place.ownFile !== undefined && !isWatched
  const stale = `nobody keeps ${place.ownFile} up to date: when the network's file changes, the runtime goes on with the old one; use --watch`
  const other = source === undefined ? [] : warnOfOtherFolder(os, source, binDir)
  return { steps, warnings: [...warnings, ...(isStale ? [stale] : []), ...other] }
}
