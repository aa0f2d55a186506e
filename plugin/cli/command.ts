import type { Os } from '../os/os.ts'
import type { Paint } from './paint.ts'

/** What an operator's command found, for eyes and for programs. */
export interface Report {
  readonly text: string
  /** What `--json` prints instead. */
  readonly json: unknown
  /** 0: fine; 1: found something. */
  readonly exitCode: 0 | 1
}

/** A command that a person types. */
export interface CliCommand {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** What `--help` prints: usage, options, an example. */
  readonly help: string
  /** Throws {@link UsageError} for arguments that make no sense, {@link CliError} and OsError for what cannot be done. */
  readonly run: (os: Os, args: readonly string[], paint: Paint) => Report
}

/** What cannot be done, in words for a person: exit code 2. */
export class CliError extends Error {}

/** Arguments that make no sense; the message gets a hint to the command's help. */
export class UsageError extends CliError {}
