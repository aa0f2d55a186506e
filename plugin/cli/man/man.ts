import type { Os } from '../../os/os.ts'
import { pluginVersion } from '../about.ts'
import { UsageError } from '../cli-error.ts'
import { type CliCommand, defineCommand, type Report } from '../command.ts'
import { COMMON_OPTIONS } from '../common.ts'
import { formatOptionName } from '../help.ts'
import type { Arguments, Option } from '../options.ts'

/** The command that prints the manual page of `commands`. */
export function createManCommand(commands: () => readonly CliCommand[]): CliCommand {
  return defineCommand({
    name: 'man',
    summary: 'the manual page, as man reads it',
    usage: [''],
    description: ['Prints the manual page that has the same texts as --help.'],
    options: [],
    example: 'man | man -l -',
    run: (_: Os, { operands }: Arguments): Report => {
      if (operands.length > 0) throw new UsageError(`${operands.join(' ')} is not expected here`)
      const page = formatManPage(commands())
      return { text: page, json: { page }, exitCode: 0 }
    },
  })
}

/** The page in the language of man(7). */
export function formatManPage(commands: readonly CliCommand[]): string {
  return `.TH NETNS\\-SYSCTL 8 "" "netns\\-sysctl ${toRoff(pluginVersion())}" "CNI plugins"
.SH NAME
netns\\-sysctl \\- sets sysctls in a container's network namespace
.SH SYNOPSIS
${commands.map(formatSynopsis).join('.br\n')}.SH DESCRIPTION
A container runtime runs it as a CNI plugin, chained after a network plugin in a conflist. These are its commands for operators.
.SH COMMANDS
${commands.map(formatCommand).join('')}.SH OPTIONS OF EVERY COMMAND
${COMMON_OPTIONS.map(formatOption).join('')}.SH EXIT STATUS
0: fine; 1: found something; 2: wrong usage, or it could not be done.
`
}

function formatSynopsis({ name, usage }: CliCommand): string {
  const lines = usage.map((words) => `.B netns\\-sysctl ${toRoff(name)}\n${words === '' ? '' : `${toRoff(words)}\n`}`)
  return lines.join('.br\n')
}

function formatCommand({ name, summary, description, options, example }: CliCommand): string {
  const paragraphs = description.map((paragraph) => `${toRoff(paragraph)}\n`).join('.PP\n')
  return `.SS ${toRoff(name)} \\- ${toRoff(summary)}
${paragraphs}${options.map(formatOption).join('')}.PP
Example:
.PP
.EX
    netns\\-sysctl ${toRoff(example)}
.EE
`
}

function formatOption(option: Option): string {
  return `.TP\n.B ${toRoff(formatOptionName(option))}\n${toRoff(option.help)}.\n`
}

/**
 * Text that roff shows unchanged: a line must not start with a dot or an apostrophe, which start commands. A terminal
 * without UTF-8 has no ellipsis.
 */
function toRoff(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('…', '...').replace(/^[.']/, '\\&$&')
}
