/** The command cannot do what was asked; the message is for people: exit code 2. */
export class CliError extends Error {}

/** Invalid arguments; a hint to the command's help is added to the message. */
export class UsageError extends CliError {}
