import { type Machine, type Typed, typed } from './cli.ts'

export interface Linted extends Typed {
  /** Each finding as `line:column level: message`. */
  readonly findings: readonly string[]
}

/** Lint's findings for a file with this text. */
export function lintText(text: string, file = '/etc/cni/net.d/10-x.conflist', machine: Machine = {}): Linted {
  const answered = typed(['lint', file], { ...machine, files: { [file]: text, ...machine.files } })
  const lines = answered.stdout.split('\n').filter((line) => line.startsWith(`${file}:`))
  const findings = lines.map((line) => line.slice(file.length + 1)).filter((line) => /^\d/.test(line))
  return { ...answered, findings }
}

/** The text of a conflist whose last entry is the plugin's: the entry's own members start on line 6, at column 7. */
export function listOf(entry: Readonly<Record<string, unknown>>, first: unknown = { type: 'bridge' }): string {
  const own = JSON.stringify({ type: 'netns-sysctl', ...entry }, undefined, 2)
  return `{
  "cniVersion": "1.0.0",
  "name": "x",
  "plugins": [
    ${JSON.stringify(first)},
    ${own.replaceAll('\n', '\n    ')}
  ]
}
`
}

/** Lint's findings for an entry in an otherwise valid conflist. */
export function lintEntry(entry: Readonly<Record<string, unknown>>, machine?: Machine): readonly string[] {
  return lintText(listOf(entry), undefined, machine).findings
}
