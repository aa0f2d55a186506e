import type { Os } from '../../../os/os.ts'
import { removeOrphan } from '../../../state/orphan.ts'
import { CliError, UsageError } from '../../cli-error.ts'
import { defineCommand, type Report } from '../../command.ts'
import type { Arguments, Option } from '../../options.ts'
import { OWN_TYPE } from '../../own-type.ts'
import type { Paint } from '../../paint.ts'
import { DEFAULT_BIN_DIR, executableIn } from '../bin-dir.ts'
import { carryOut, type Undertaking } from '../carry-out.ts'
import { findElsewhere } from '../elsewhere.ts'
import { whileLocked } from '../lock.ts'
import { DEFAULT_CONF_DIR } from '../net-d.ts'
import { folderOf, nameOf, parseFolder, pathIn } from '../paths.ts'
import { planRemove, type Step } from '../steps.ts'
import { describeWatcher } from '../watchers.ts'
import { findMade, type LivingAttachment, type Made } from './living.ts'
import { planTakingOut } from './take-out.ts'
import { findDataDirs, findUsers } from './users.ts'

const OPTIONS = [
  { name: '--bin-dir', value: 'FOLDER', help: `The folder of the node's CNI plugins; ${DEFAULT_BIN_DIR}` },
  { name: '--conf-dir', value: 'FOLDER', help: `The folder of the node's networks; ${DEFAULT_CONF_DIR}` },
  { name: '--into', value: 'FILE', isRepeatable: true, help: 'The conflist to take the entry out of' },
  { name: '--force', help: 'Do it even if containers need the executable, or a watcher runs' },
  { name: '--dry-run', help: 'Only show what would change' },
] as const satisfies readonly Option[]

type UninstallOption = (typeof OPTIONS)[number]['name']

export const uninstallCommand = defineCommand<UninstallOption>({
  name: 'uninstall',
  summary: 'takes both back',
  usage: ['[--bin-dir FOLDER] [--into FILE]… [--force]'],
  description: [
    `Takes the entry out of the conflist, removes the copy that --own-file has made, and puts back the single configuration that was made a conflist. Then it removes the executable from the folder: in this order, so no new pod looks for an executable that is gone. The executable stays while another configuration, beside the conflist or in ${DEFAULT_CONF_DIR}, names it, and while containers run that were made with it: the runtime executes it when they end, and would not delete them without it. Run uninstall again later, or use --force. It does nothing while a watcher (install --watch) is at work in the folder, which would put all back: end that first. Give the --bin-dir that it was installed with. Exit code 1 if it stays for them, or is not in that folder.`,
  ],
  options: OPTIONS,
  example: 'uninstall --into /etc/cni/net.d/10-flannel.conflist',
  run: uninstall,
})

function uninstall(os: Os, args: Arguments<UninstallOption>, paint: Paint): Report {
  if (args.operands.length > 0) throw new UsageError(`${args.operands.join(' ')} is not expected here`)
  const paths = args.values('--into')
  const given = args.value('--conf-dir')
  const named = [...paths.map(folderOf), ...(given === undefined ? [] : [parseFolder(given)])]
  const folders = named.length === 0 ? [DEFAULT_CONF_DIR] : [...new Set(named)]
  const binDir = parseFolder(args.value('--bin-dir') ?? DEFAULT_BIN_DIR)
  const isDryRun = args.isGiven('--dry-run')
  const isForced = args.isGiven('--force')
  const watcher = describeWatcher(os, folders)
  if (watcher !== undefined && !isForced) {
    throw new CliError(`${watcher}; it would undo this, so end it first. Nothing was changed`)
  }
  const takeBack = () => {
    const planned = planAll(os, { paths, folders, binDir, isForced })
    const told: Omit<Undertaking, 'isDryRun'> =
      watcher === undefined
        ? planned
        : { ...planned, warnings: [...planned.warnings, `${watcher}; it undoes this`], exitCode: 1 }
    return carryOut({ ...told, isDryRun }, paint)
  }
  return isDryRun ? takeBack() : whileLocked(os, binDir, folders, takeBack)
}

interface Asked {
  readonly paths: readonly string[]
  readonly folders: readonly string[]
  readonly binDir: string
  readonly isForced: boolean
}

function planAll(os: Os, { paths, folders, binDir, isForced }: Asked): Omit<Undertaking, 'isDryRun'> {
  const edits = planTakingOut(os, paths, folders)
  const changed = [...edits.map(({ path }) => path), ...paths].map((path) => pathIn(folderOf(path), nameOf(path)))
  const users = findUsers(os, folders).filter((path) => !changed.includes(path))
  if (users.length > 0 && paths.length === 0) {
    throw new CliError(
      `${users.join(', ')}: still names ${OWN_TYPE}, and its pods would not start; take it out of there, with ${users.map((path) => `--into ${path}`).join(' ')}`,
    )
  }
  const dataDirs = paths.flatMap((path) => findDataDirs(os, path))
  const made = findMade(os, dataDirs)
  const removal = planRemoval(os, executableIn(binDir), users, isForced ? [] : made.living)
  const records = removal.isNeeded ? planRecords(os, made) : []
  const warnings = removal.isNeeded || removal.because !== undefined ? [] : warnOfElsewhere(os, binDir)
  const isKept = removal.because !== undefined && users.length === 0
  return { steps: [...edits, removal, ...records], warnings, exitCode: isKept || warnings.length > 0 ? 1 : 0 }
}

function planRemoval(os: Os, path: string, users: readonly string[], living: readonly LivingAttachment[]): Step {
  const step = planRemove(os, path)
  if (!step.isNeeded) return step
  if (users.length > 0) {
    return { ...step, isNeeded: false, because: `${users.join(', ')} ${users.length === 1 ? 'names' : 'name'} it` }
  }
  if (living.length === 0) return step
  const names = living.map(({ containerId, network, ifName }) => `\n  ${containerId} (${network}, ${ifName})`)
  const because = `containers that were made with it need it to end; uninstall again when they are gone, or use --force:${names.join('')}`
  return { ...step, isNeeded: false, because }
}

/** Nothing else would remove them: their DEL came when the plugin was no longer in the chain. */
function planRecords(os: Os, { orphans }: Made): Step[] {
  return orphans.map(({ dataDir, attachment }) => ({
    path: `${dataDir}: the undo record of ${attachment.containerId}, which is gone`,
    action: 'remove',
    isNeeded: true,
    lines: [],
    apply: () => removeOrphan(os, dataDir, attachment),
  }))
}

function warnOfElsewhere(os: Os, binDir: string): string[] {
  return findElsewhere(os, binDir).map((folder) => `it is in ${folder}; to remove it there, give --bin-dir ${folder}`)
}
