/** What cannot be done, in words for a person: exit code 2. */
export class CliError extends Error {}

/** Arguments that make no sense; the message gets a hint to the command's help. */
export class UsageError extends CliError {}
