import { log } from '../../os/log.ts'
import { type Os, OsError } from '../../os/os.ts'
import { CliError, UsageError } from '../cli-error.ts'
import { defineCommand, type Report } from '../command.ts'
import type { Arguments } from '../options.ts'
import type { Paint } from '../paint.ts'
import { parseRehearsalOptions, REHEARSAL_OPTIONS, type RehearsalOption } from '../rehearse/place.ts'
import { tellUnread } from '../runtimes.ts'
import { DEFAULT_BIN_DIR, executableIn, parseBinDir } from './bin-dir.ts'
import { addEntry } from './conflist.ts'
import { lockInstall } from './lock.ts'
import { carryOut, folderOf, isThere, planEdit, type Step } from './steps.ts'
import { checkWanted, parseWanted } from './wanted.ts'

const SELF = '/proc/self/exe'
const MODE = 0o755

export const installCommand = defineCommand({
  name: 'install',
  summary: 'copies itself to the CNI plugins and adds itself to a conflist',
  usage: [
    '[--bin-dir FOLDER] [--dry-run]',
    '--into FILE [--sysctl KEY=VALUE]… [--inherit KEY]…',
    '--first --into FILE …',
  ],
  description: [
    "Copies this executable into the folder, and puts an entry at the end of the conflist's plugins, or brings its own up to date there: --sysctl and --inherit replace what the entry had. Everything else in the file stays as it is, and doing it again changes nothing. Runtimes never see a half of either. The entry's ADD is rehearsed in a throwaway network namespace; what would fail there is refused, and so is, without --unchecked, what cannot be rehearsed here; a sysctl that only some nodes have is written --sysctl=-KEY=VALUE.",
  ],
  options: [
    { name: '--bin-dir', value: 'FOLDER', help: `The folder of the node's CNI plugins; ${DEFAULT_BIN_DIR}` },
    { name: '--into', value: 'FILE', help: 'The conflist to edit' },
    { name: '--sysctl', value: 'KEY=VALUE', isRepeatable: true, help: 'A sysctl of the entry' },
    { name: '--inherit', value: 'KEY|GLOB', isRepeatable: true, help: "Sysctls of which the host's values are copied" },
    { name: '--first', help: 'Put the entry before the network plugin, for what an interface starts with' },
    { name: '--dry-run', help: 'Only show what would change' },
    { name: '--unchecked', help: 'Install what cannot be rehearsed here' },
    ...REHEARSAL_OPTIONS,
  ],
  example: 'install --into /etc/cni/net.d/10-flannel.conflist --sysctl net.core.somaxconn=16384',
  run: install,
})

type InstallOption =
  | '--bin-dir'
  | '--into'
  | '--sysctl'
  | '--inherit'
  | '--first'
  | '--dry-run'
  | '--unchecked'
  | RehearsalOption

function install(os: Os, args: Arguments<InstallOption>, paint: Paint): Report {
  if (args.operands.length > 0) throw new UsageError(`${args.operands.join(' ')} is not expected here`)
  const conflist = args.value('--into')
  const wanted = parseWanted(args.values('--sysctl'), args.values('--inherit'), args.isGiven('--first'))
  const isEmpty = wanted.sysctl === undefined && wanted.inherit === undefined
  if ((conflist === undefined) !== isEmpty) throw new UsageError('--into goes with at least one --sysctl or --inherit')
  if (isEmpty && wanted.first) throw new UsageError('--first goes with at least one --sysctl or --inherit')
  const options = parseRehearsalOptions(args.value('--ifname'), args.value('--host-root'))
  if (!isEmpty) {
    const said = checkWanted(os, wanted, { ...options, isUnchecked: args.isGiven('--unchecked') })
    for (const each of said) log(os, each)
  }
  const binDir = parseBinDir(args.value('--bin-dir'))
  if (!args.isGiven('--dry-run')) lockInstall(os, binDir, conflist === undefined ? [] : [folderOf(conflist)])
  if (conflist !== undefined) tellUnread(os, [folderOf(conflist)], options.hostRoot)
  const copy = planCopy(os, binDir)
  const edits = conflist === undefined ? [] : [planEdit(os, conflist, (text) => addEntry(text, conflist, wanted))]
  return carryOut([copy, ...edits], args.isGiven('--dry-run'), paint)
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
