import { log } from '../os/log.ts'
import { type Os, OsError } from '../os/os.ts'
import { visibleJson } from '../os/visible.ts'
import { formatAbout, pluginVersion } from './about.ts'
import { CliError, UsageError } from './cli-error.ts'
import type { CliCommand, Report } from './command.ts'
import { COMMANDS } from './commands.ts'
import { COMMON_OPTIONS } from './common.ts'
import { wordError } from './errors.ts'
import { formatHelp, formatOverview } from './help.ts'
import { formatNearest } from './nearest.ts'
import { type Arguments, parseArguments } from './options.ts'
import { createPainter, WHENS } from './paint.ts'

const HELP = ['help', '--help', '-h']
const VERSION = ['version', '--version', '-V']

/** Runs a command that a person has typed. Exit code 0: fine; 1: found something; 2: wrong usage, or it failed. */
export function runCli(os: Os): number {
  try {
    return dispatch(os)
  } catch (error) {
    // The reader of stdout has ended: `explain | head`.
    if (!(error instanceof OsError && error.errno === 'EPIPE')) tellError(os, wordError(error))
    return 2
  }
}

function tellError(os: Os, message: string): void {
  log(os, message)
  if (!os.args.includes('--json')) return
  try {
    os.writeStdout(formatJson({ error: message }))
  } catch (error) {
    if (!(error instanceof OsError)) throw error
  }
}

function dispatch(os: Os): number {
  const [name, ...typed] = os.args
  if (name === undefined) {
    os.writeStderr(`${formatAbout()}netns-sysctl --help tells what else it does for operators.\n`)
    return 0
  }
  if (VERSION.includes(name)) return print(os, `${pluginVersion()}\n`, 0)
  if (HELP.includes(name)) {
    return print(os, typed[0] === undefined ? formatOverview(COMMANDS) : formatHelp(findCommand(typed[0])), 0)
  }
  const command = findCommand(name)
  if (typed.includes('--help') || typed.includes('-h')) return print(os, formatHelp(command), 0)
  return run(os, command, typed)
}

function findCommand(name: string): CliCommand {
  const command = COMMANDS.find((known) => known.name === name)
  if (command !== undefined) return command
  const names = COMMANDS.map((known) => known.name)
  const nearest = formatNearest(name, names)
  throw new CliError(`there is no command ${JSON.stringify(name)}${nearest || `; there are ${names.join(', ')}`}`)
}

function run(os: Os, command: CliCommand, typed: readonly string[]): number {
  try {
    const args = parseArguments([...command.options, ...COMMON_OPTIONS], typed)
    const { paint, show } = createPainter(os, parseWhen(args))
    const found = command.run(os, args, paint)
    return report(os, { ...found, text: show(found.text) }, args)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw new CliError(`${error.message}; see netns-sysctl ${command.name} --help`)
  }
}

function parseWhen(args: Arguments): (typeof WHENS)[number] {
  const given = args.value('--color') ?? 'auto'
  const when = WHENS.find((known) => known === given)
  if (when === undefined) throw new UsageError(`--color ${given} must be ${WHENS.join(', ')}`)
  return when
}

function report(os: Os, { text, json, exitCode }: Report, args: Arguments): number {
  if (args.isGiven('--quiet')) return exitCode
  return print(os, args.isGiven('--json') ? formatJson(json) : text, exitCode)
}

function formatJson(value: unknown): string {
  return `${visibleJson(JSON.stringify(value, undefined, 2))}\n`
}

function print(os: Os, text: string, exitCode: number): number {
  if (text !== '') os.writeStdout(text)
  return exitCode
}
