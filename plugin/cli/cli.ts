import { log } from '../os/log.ts'
import { type Os, OsError } from '../os/os.ts'
import { formatAbout, pluginVersion } from './about.ts'
import { type CliCommand, CliError, type Report, UsageError } from './command.ts'
import { diffCommand } from './diff/diff.ts'
import { isArgError, wordError } from './errors.ts'
import { explainCommand } from './explain/explain.ts'
import { installCommand } from './install/install.ts'
import { uninstallCommand } from './install/uninstall.ts'
import { lintCommand } from './lint/lint.ts'
import { formatNearest } from './nearest.ts'
import { createPaint } from './paint.ts'
import { formatTable } from './table.ts'

const COMMANDS: readonly CliCommand[] = [lintCommand, explainCommand, diffCommand, installCommand, uninstallCommand]
const HELP = ['help', '--help', '-h']
const VERSION = ['version', '--version', '-V']

/** What a person types. Exit code 0: fine; 1: found something; 2: wrong usage, or it could not be done. */
export function runCli(os: Os): number {
  try {
    return dispatch(os)
  } catch (error) {
    // Whoever reads stdout has seen enough: `explain | head`.
    if (!(error instanceof OsError && error.errno === 'EPIPE')) log(os, wordError(error))
    return 2
  }
}

function dispatch(os: Os): number {
  const [name, ...args] = os.args
  if (name === undefined) {
    os.writeStderr(`${formatAbout()}netns-sysctl --help tells what else it does for operators.\n`)
    return 0
  }
  if (VERSION.includes(name)) return print(os, `${pluginVersion()}\n`, 0)
  if (HELP.includes(name)) return print(os, args[0] === undefined ? formatHelp() : findCommand(args[0]).help, 0)
  const command = findCommand(name)
  if (args.includes('--help') || args.includes('-h')) return print(os, command.help, 0)
  const isJson = args.includes('--json')
  const rest = args.filter((each) => each !== '--json')
  const { text, json, exitCode } = run(os, command, rest)
  return print(os, isJson ? `${JSON.stringify(json, undefined, 2)}\n` : text, exitCode)
}

function findCommand(name: string): CliCommand {
  const command = COMMANDS.find((known) => known.name === name)
  if (command !== undefined) return command
  const names = COMMANDS.map((known) => known.name)
  const nearest = formatNearest(name, names)
  throw new CliError(`there is no command ${JSON.stringify(name)}${nearest || `; there are ${names.join(', ')}`}`)
}

function run(os: Os, command: CliCommand, args: readonly string[]): Report {
  try {
    return command.run(os, args, createPaint(os))
  } catch (error) {
    if (!(error instanceof UsageError || isArgError(error))) throw error
    throw new CliError(`${error.message}; see netns-sysctl ${command.name} --help`)
  }
}

function print(os: Os, text: string, exitCode: number): number {
  if (text !== '') os.writeStdout(text)
  return exitCode
}

function formatHelp(): string {
  const commands = COMMANDS.map(({ name, summary }) => [`  ${name}`, summary])
  return `${formatAbout()}
Commands for operators; each has --help, with an example, and --json:

${formatTable([...commands, ['  --version', 'prints its version']])}
Exit code 0: fine; 1: found something; 2: wrong usage, or it could not be done.
`
}
