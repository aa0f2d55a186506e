import { POD_ANNOTATIONS } from '../../cni/capabilities.ts'
import { collect, type Problem } from '../../cni/error.ts'
import { isJsonObject } from '../../config/members.ts'
import { parseSysctlLines } from '../../config/sysctl-d.ts'
import type { Os } from '../../os/os.ts'
import { CliError, UsageError } from '../cli-error.ts'
import { parseJson } from '../json.ts'
import type { Arguments, Option } from '../options.ts'
import { OWN_TYPE } from '../own-type.ts'
import type { RehearsalOptions } from '../rehearse/place.ts'
import { addEntry, setEntry, type WantedEntry } from './conflist.ts'
import { importSysctls, joinSysctls } from './imported.ts'
import type { Edit } from './place.ts'
import { parseWanted } from './wanted.ts'

/** The wanted members of an entry. */
export const ENTRY_OPTIONS = [
  { name: '--sysctl', value: 'KEY=VALUE', isRepeatable: true, help: 'A sysctl of the entry' },
  { name: '--inherit', value: 'KEY|GLOB', isRepeatable: true, help: "Sysctls of which the host's values are copied" },
  {
    name: '--import',
    value: 'FILE|FOLDER',
    isRepeatable: true,
    help: 'sysctl.d files: sets what pods do not get from them',
  },
  { name: '--first', help: 'Put the entry before the network plugin, for what an interface starts with' },
  { name: '--pod-allow', value: 'KEY|GLOB', isRepeatable: true, help: 'What pods may set for themselves' },
  { name: '--pod-profile', value: 'NAME', isRepeatable: true, help: 'A profile that pods may choose' },
  { name: '--profile', value: 'NAME=FILE', isRepeatable: true, help: 'A profile: JSON, or sysctl.d text' },
  { name: '--restore-on-del', value: 'BOOLEAN', help: 'Whether DEL puts sysctls back; true or false' },
  { name: '--entry', value: 'FILE', help: 'The whole entry as JSON, instead of these' },
] as const satisfies readonly Option[]

export type EntryOption = (typeof ENTRY_OPTIONS)[number]['name']

/** The wanted entry, and how it is put into a conflist. */
export interface AskedEntry {
  readonly wanted: WantedEntry
  readonly edit: Edit
}

/** The entry that the options describe; undefined without such options. Throws UsageError, CliError and OsError. */
export function parseEntry(os: Os, args: Arguments<EntryOption>, host: RehearsalOptions): AskedEntry | undefined {
  const file = args.value('--entry')
  const given = ENTRY_OPTIONS.filter(({ name }) => args.isGiven(name)).map(({ name }) => name)
  if (given.length === 0) return undefined
  if (given.join() === '--first') throw new UsageError('--first goes with at least one --sysctl, --inherit or --import')
  if (file !== undefined) {
    if (given.length > 1) throw new UsageError(`--entry has the whole entry, so ${given[0]} does not go with it`)
    const whole = parseWhole(os.readFile(file), file)
    return { wanted: whole, edit: (text, path) => setEntry(text, path, whole) }
  }
  const isFirst = args.isGiven('--first')
  const typed = parseWanted(args.values('--sysctl'), args.values('--inherit'), isFirst)
  const wanted = { ...typed, ...parseImport(os, args, typed.sysctl, host), ...parseMore(os, args) }
  return { wanted, edit: (text, path) => addEntry(text, path, wanted) }
}

function parseImport(
  os: Os,
  args: Arguments<EntryOption>,
  typed: WantedEntry['sysctl'] = {},
  host: RehearsalOptions,
): Pick<WantedEntry, 'sysctl'> {
  const paths = args.values('--import')
  if (paths.length === 0) return {}
  const sysctl = joinSysctls(importSysctls(os, paths, args.isGiven('--first'), host), typed)
  if (Object.keys(sysctl).length > 0) return { sysctl }
  throw new CliError(`${paths.join(', ')}: has nothing that an entry must set for pods to have it`)
}

function parseWhole(text: string, file: string): WantedEntry {
  const entry = parseJson(text, file)
  if (!isJsonObject(entry)) throw new CliError(`${file}: is not an entry: it must be a JSON object`)
  const { type = OWN_TYPE, ...members } = entry
  if (type !== OWN_TYPE) throw new CliError(`${file}: its "type" is not ${OWN_TYPE}`)
  return members
}

function parseMore(os: Os, args: Arguments<EntryOption>): WantedEntry {
  const allow = args.values('--pod-allow')
  const chosen = args.values('--pod-profile')
  const profiles = args.values('--profile').map((text) => parseProfile(os, text))
  const restore = args.value('--restore-on-del')
  if (restore !== undefined && !/^(true|false)$/.test(restore)) {
    throw new UsageError(`--restore-on-del ${restore} must be true or false`)
  }
  const pod = { ...(allow.length > 0 && { allow }), ...(chosen.length > 0 && { profiles: chosen }) }
  return {
    ...(profiles.length > 0 && { profiles: Object.fromEntries(profiles) }),
    ...(Object.keys(pod).length > 0 && { pod, capabilities: { [POD_ANNOTATIONS]: true } }),
    ...(restore !== undefined && { restoreOnDel: restore === 'true' }),
  }
}

function parseProfile(os: Os, text: string): [string, unknown] {
  const separator = text.indexOf('=')
  if (separator <= 0) throw new UsageError(`--profile ${text} is not NAME=FILE`)
  const file = text.slice(separator + 1)
  const content = os.readFile(file)
  return [text.slice(0, separator), /^\s*\{/.test(content) ? parseJson(content, file) : parseLines(content, file)]
}

function parseLines(content: string, file: string): { sysctl: Readonly<Record<string, string>> } {
  const problems: Problem[] = []
  const lines = collect(problems, () => parseSysctlLines(content, file, problems)) ?? []
  if (problems.length > 0) throw new CliError(problems.map(({ msg }) => msg).join('; '))
  return { sysctl: Object.fromEntries(lines.map(({ name, value }) => [name, value])) }
}
