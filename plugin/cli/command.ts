import type { Os } from '../os/os.ts'
import type { Arguments, Option } from './options.ts'
import type { Paint } from './paint.ts'

/** The result of an operator's command, for people and for programs. */
export interface Report {
  readonly text: string
  /** What `--json` prints instead. */
  readonly json: unknown
  /** 0: fine; 1: found something; 2: a part could not be done, see stderr. */
  readonly exitCode: 0 | 1 | 2
}

/** The description of a command: help, manual page and completion are made from it. */
export interface CliCommand {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** The arguments behind the name, a line each: `FILE… [--ifname NAME]`. */
  readonly usage: readonly string[]
  /** Paragraphs, without line breaks. */
  readonly description: readonly string[]
  readonly options: readonly Option[]
  /** The words behind `netns-sysctl` in an example. */
  readonly example: string
  /** Throws {@link UsageError} for invalid arguments, {@link CliError} and OsError if it cannot be done. */
  readonly run: (os: Os, args: Arguments, paint: Paint) => Report
}

/** A command; its `run` can only use the names of its own options. */
export function defineCommand<const Name extends string>(
  command: Omit<CliCommand, 'options' | 'run'> & {
    readonly options: readonly Option<Name>[]
    readonly run: (os: Os, args: Arguments<Name>, paint: Paint) => Report
  },
): CliCommand {
  return command as unknown as CliCommand
}
