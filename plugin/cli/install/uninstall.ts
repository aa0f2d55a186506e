import { isJsonObject } from '../../config/members.ts'
import { type Os, OsError } from '../../os/os.ts'
import { CliError, UsageError } from '../cli-error.ts'
import { defineCommand, type Report } from '../command.ts'
import type { Arguments } from '../options.ts'
import { OWN_TYPE } from '../own-type.ts'
import type { Paint } from '../paint.ts'
import { DEFAULT_BIN_DIR, executableIn, parseBinDir } from './bin-dir.ts'
import { removeEntry } from './conflist.ts'
import { lockInstall } from './lock.ts'
import { carryOut, folderOf, isThere, planEdit, type Step } from './steps.ts'

const DEFAULT_CONF_DIR = '/etc/cni/net.d'

export const uninstallCommand = defineCommand({
  name: 'uninstall',
  summary: 'takes both back',
  usage: ['[--bin-dir FOLDER] [--into FILE]… [--dry-run]'],
  description: [
    `Takes the entry out of the conflist, and then removes the executable from the folder: in this order, so that no new pod looks for what is gone. The executable stays while another configuration, beside the conflist or in ${DEFAULT_CONF_DIR}, names it. Give the --bin-dir that it was installed with.`,
  ],
  options: [
    { name: '--bin-dir', value: 'FOLDER', help: `The folder of the node's CNI plugins; ${DEFAULT_BIN_DIR}` },
    { name: '--into', value: 'FILE', isRepeatable: true, help: 'The conflist to take the entry out of' },
    { name: '--dry-run', help: 'Only show what would change' },
  ],
  example: 'uninstall --into /etc/cni/net.d/10-flannel.conflist',
  run: uninstall,
})

function uninstall(os: Os, args: Arguments<'--bin-dir' | '--into' | '--dry-run'>, paint: Paint): Report {
  if (args.operands.length > 0) throw new UsageError(`${args.operands.join(' ')} is not expected here`)
  const conflists = args.values('--into')
  const binDir = parseBinDir(args.value('--bin-dir'))
  if (!args.isGiven('--dry-run')) lockInstall(os, binDir, conflists.map(folderOf))
  const edits = conflists.map((path) => planEdit(os, path, (text) => removeEntry(text, path)))
  const users = findUsers(os, conflists)
  if (users.length > 0 && conflists.length === 0) {
    throw new CliError(
      `${users.join(', ')}: still names ${OWN_TYPE}, and its pods would not start; take it out of there, with --into`,
    )
  }
  const removal = planRemoval(os, executableIn(binDir), users)
  return carryOut([...edits, removal], args.isGiven('--dry-run'), paint)
}

function planRemoval(os: Os, path: string, users: readonly string[]): Step {
  const step = { path, action: 'remove', lines: [], apply: () => os.removeFile(path) } as const
  if (users.length === 0) return { ...step, isNeeded: isThere(os, path) }
  return { ...step, isNeeded: false, because: `${users.join(', ')} ${users.length === 1 ? 'names' : 'name'} it` }
}

/** The configurations that name the plugin, but for those that it is about to be taken out of. */
function findUsers(os: Os, conflists: readonly string[]): string[] {
  const folders = conflists.length === 0 ? [DEFAULT_CONF_DIR] : [...new Set(conflists.map(folderOf))]
  return folders
    .flatMap((folder) => listIfThere(os, folder).map((name) => `${folder === '/' ? '' : folder}/${name}`))
    .filter((path) => /\.(conflist|conf|json)$/.test(path))
    .filter((path) => !conflists.some((conflist) => `${folderOf(conflist)}/${nameOf(conflist)}` === path))
    .filter((path) => namesPlugin(os, path))
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function listIfThere(os: Os, folder: string): string[] {
  try {
    return os.list(folder).map(({ name }) => name)
  } catch (error) {
    if (error instanceof OsError && error.errno === 'ENOENT') return []
    throw error
  }
}

function namesPlugin(os: Os, path: string): boolean {
  try {
    const value: unknown = JSON.parse(os.readFile(path))
    const entries: readonly unknown[] = isJsonObject(value) && Array.isArray(value.plugins) ? value.plugins : [value]
    return entries.some((entry) => isJsonObject(entry) && entry.type === OWN_TYPE)
  } catch {
    // What cannot be read or is no JSON is no configuration to a runtime either.
    return false
  }
}
