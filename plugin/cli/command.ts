import type { Os } from '../os/os.ts'
import type { Arguments, Option } from './options.ts'
import type { Paint } from './paint.ts'

/** What an operator's command found, for eyes and for programs. */
export interface Report {
  readonly text: string
  /** What `--json` prints instead. */
  readonly json: unknown
  /** 0: fine; 1: found something; 2: some of it could not be done, which was told on stderr. */
  readonly exitCode: 0 | 1 | 2
}

/** What there is to know of a command before it runs: help, manual page and completion are made of it. */
export interface CliCommand {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** What stands after the name, a line each: `FILE… [--ifname NAME]`. */
  readonly usage: readonly string[]
  /** Paragraphs, without line breaks. */
  readonly description: readonly string[]
  readonly options: readonly Option[]
  /** What stands after `netns-sysctl` in an example. */
  readonly example: string
  /** Throws {@link UsageError} for arguments that make no sense, {@link CliError} and OsError for what cannot be done. */
  readonly run: (os: Os, args: Arguments, paint: Paint) => Report
}

/** A command; its `run` sees the names of its options alone. */
export function defineCommand<const Name extends string>(
  command: Omit<CliCommand, 'options' | 'run'> & {
    readonly options: readonly Option<Name>[]
    readonly run: (os: Os, args: Arguments<Name>, paint: Paint) => Report
  },
): CliCommand {
  return command as unknown as CliCommand
}
