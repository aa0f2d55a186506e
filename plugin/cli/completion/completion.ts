import type { Os } from '../../os/os.ts'
import { UsageError } from '../cli-error.ts'
import { type CliCommand, defineCommand, type Report } from '../command.ts'
import type { Arguments } from '../options.ts'
import { formatBash, formatFish, formatZsh } from './shells.ts'

const SHELLS = { bash: formatBash, zsh: formatZsh, fish: formatFish } as const

/** The command that prints what a shell needs to complete `commands`. */
export function createCompletionCommand(commands: () => readonly CliCommand[]): CliCommand {
  return defineCommand({
    name: 'completion',
    summary: 'what a shell needs to complete these commands',
    usage: ['bash|zsh|fish'],
    description: [
      'Prints a script with which the shell completes commands and options. For bash, put "source <(netns-sysctl completion bash)" into ~/.bashrc; for zsh likewise into ~/.zshrc; for fish, save it as ~/.config/fish/completions/netns-sysctl.fish.',
    ],
    options: [],
    example: 'completion bash >/etc/bash_completion.d/netns-sysctl',
    run: (_: Os, { operands }: Arguments): Report => {
      const [shell = '', ...more] = operands
      if (!isShell(shell) || more.length > 0) {
        throw new UsageError(`completion needs the name of one shell: ${Object.keys(SHELLS).join(', ')}`)
      }
      const script = SHELLS[shell](commands())
      return { text: script, json: { shell, script }, exitCode: 0 }
    },
  })
}

function isShell(name: string): name is keyof typeof SHELLS {
  return Object.hasOwn(SHELLS, name)
}
