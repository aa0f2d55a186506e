import { formatAbout } from './about.ts'
import type { CliCommand } from './command.ts'
import { COMMON_OPTIONS } from './common.ts'
import type { Option } from './options.ts'
import { formatTable } from './table.ts'

/** A terminal's width. */
const COLUMNS = 80

/** What `netns-sysctl --help` prints. */
export function formatOverview(commands: readonly CliCommand[]): string {
  const rows = commands.map(({ name, summary }) => [`  ${name}`, summary])
  return `${formatAbout()}
Commands for operators; each has --help, with an example, and --json:

${formatTable([...rows, ['  --version', 'prints its version']])}
Exit code 0: fine; 1: found something; 2: wrong usage, or it could not be done.
`
}

/** What `netns-sysctl NAME --help` prints. */
export function formatHelp({ name, usage, description, options, example }: CliCommand): string {
  const usages = usage.map((words, index) => `${index === 0 ? 'Usage:' : '      '} netns-sysctl ${name} ${words}`)
  const paragraphs = description.map((paragraph) => wrap(paragraph, COLUMNS).join('\n'))
  return `${usages.join('\n').trimEnd()}

${paragraphs.join('\n\n')}

Options:
${[...options, ...COMMON_OPTIONS].map(formatOption).join('')}
${formatExample(example)}
`
}

function formatExample(example: string): string {
  const [first, ...rest] = wrap(`Example:  netns-sysctl ${example}`.replaceAll('  ', '\u00a0 '), COLUMNS - 2)
  return [first, ...rest.map((line) => `    ${line}`)].join(' \\\n').replaceAll('\u00a0', ' ')
}

/** `--pid PID` */
export function formatOptionName({ name, value }: Option): string {
  return value === undefined ? name : `${name} ${value}`
}

const INDENT = 22

function formatOption(option: Option): string {
  const name = `  ${formatOptionName(option)}`
  const help = wrap(option.help, COLUMNS - INDENT).map((line) => ' '.repeat(INDENT) + line)
  const first = name.length < INDENT - 1 ? [name + (help[0] ?? '').slice(name.length)] : [name, ...help.slice(0, 1)]
  return [...first, ...help.slice(1)].map((line) => `${line}\n`).join('')
}

/** The lines of a paragraph, broken at blanks. */
export function wrap(paragraph: string, columns: number): string[] {
  const lines = ['']
  for (const word of paragraph.split(' ')) {
    const line = lines.at(-1) as string
    if (line !== '' && line.length + 1 + word.length > columns) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines
}
