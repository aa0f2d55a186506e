/** What a file is, by its name and its text. */
export type FileKind = 'json' | 'yaml' | 'allowlist' | 'sysctl.d' | 'unknown'

/** `.conf` is the ending of allowlists, sysctl.d files, single configurations and others: the text decides. */
export function kindOf(file: string, text: string): FileKind {
  if (/\.(conflist|json)$/.test(file) || /^\s*[{[]/.test(text)) return 'json'
  if (/\.ya?ml$/.test(file) || /^(kind|apiVersion|items):/m.test(text)) return 'yaml'
  const name = file.slice(file.lastIndexOf('/') + 1)
  if (/allowlist/.test(name)) return 'allowlist'
  const lines = text.split('\n').map((line) => line.trim())
  const told = lines.filter((line) => line !== '' && !/^[#;]/.test(line))
  if (/(^|\/)sysctl\.d\/|(^|\/)sysctl\.conf$/.test(file)) return 'sysctl.d'
  if (told.length === 0) return 'unknown'
  if (told.every((line) => ASSIGNMENT.test(line))) return 'sysctl.d'
  return told.every((line) => PATTERN.test(line)) ? 'allowlist' : 'unknown'
}

/** A line of sysctl.d(5); `-name` alone excludes the name from globs. */
const ASSIGNMENT = /^(-?[a-z0-9_]+[./][^\s=]*\s*=|-[a-z0-9_]+[./]\S*$)/

/** A regular expression over names that start with net. */
const PATTERN = /^(\(\?[ims]+\))?\^?\(*net[^\s=;]*$/
