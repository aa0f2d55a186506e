import arg from 'arg'
import { type Os, OsError } from '../../os/os.ts'
import { type CliCommand, CliError, type Report, UsageError } from '../command.ts'
import type { Paint } from '../paint.ts'
import { DEFAULT_BIN_DIR, executableIn, parseBinDir } from './bin-dir.ts'
import { addEntry } from './conflist.ts'
import { carryOut, isThere, planEdit, type Step } from './steps.ts'
import { checkWanted, parseWanted } from './wanted.ts'

const SELF = '/proc/self/exe'
const MODE = 0o755

export const installCommand: CliCommand = {
  name: 'install',
  summary: 'copies itself to the folder of the CNI plugins, and adds itself to a conflist',
  help: `Usage: netns-sysctl install [--bin-dir ${DEFAULT_BIN_DIR}] [--into CONFLIST --sysctl KEY=VALUE… --inherit KEY|GLOB…]
                            [--dry-run] [--json]

Copies this executable into the folder, and puts an entry at the end of the conflist's plugins, or brings its own up to
date there: --sysctl and --inherit replace what the entry had. Everything else in the file stays as it is, and doing it
again changes nothing. Runtimes never see a half of either. What this node's kernel could not set in a container is
refused; a sysctl that only some nodes have is written --sysctl=-KEY=VALUE. --dry-run only shows what would change.

Example:  netns-sysctl install --into /etc/cni/net.d/10-flannel.conflist --sysctl net.core.somaxconn=16384
`,
  run: install,
}

function install(os: Os, args: readonly string[], paint: Paint): Report {
  const options = arg(
    { '--bin-dir': String, '--into': String, '--sysctl': [String], '--inherit': [String], '--dry-run': Boolean },
    { argv: [...args] },
  )
  if (options._.length > 0) throw new UsageError(`${options._.join(' ')} is not expected here`)
  const conflist = options['--into']
  const wanted = parseWanted(options['--sysctl'] ?? [], options['--inherit'] ?? [])
  const isEmpty = Object.keys(wanted).length === 0
  if ((conflist === undefined) !== isEmpty) throw new UsageError('--into goes with at least one --sysctl or --inherit')
  if (!isEmpty) checkWanted(os, wanted)
  const copy = planCopy(os, parseBinDir(options['--bin-dir']))
  const edits = conflist === undefined ? [] : [planEdit(os, conflist, (text) => addEntry(text, conflist, wanted))]
  return carryOut([copy, ...edits], options['--dry-run'] === true, paint)
}

/** The copy takes the place of an old one by a rename: what runs from that goes on. */
function planCopy(os: Os, folder: string): Step {
  checkFolder(os, folder)
  const path = executableIn(folder)
  const isSame = isThere(os, path) && os.fileStatus(path).mode === MODE && os.hasSameContent(SELF, path)
  return { path, action: 'copy', isNeeded: !isSame, lines: [], apply: () => os.copyFile(SELF, path, MODE) }
}

function checkFolder(os: Os, folder: string): void {
  try {
    os.list(folder)
  } catch (error) {
    if (!(error instanceof OsError && (error.errno === 'ENOENT' || error.errno === 'ENOTDIR'))) throw error
    throw new CliError(`there is no folder ${folder}; give that of this node's CNI plugins with --bin-dir`)
  }
}
