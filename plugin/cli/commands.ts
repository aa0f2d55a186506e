import { applyCommand } from './apply/apply.ts'
import type { CliCommand } from './command.ts'
import { createCompletionCommand } from './completion/completion.ts'
import { diffCommand } from './diff/diff.ts'
import { explainCommand } from './explain/explain.ts'
import { importCommand } from './import/import.ts'
import { installCommand } from './install/install.ts'
import { uninstallCommand } from './install/uninstall/uninstall.ts'
import { lintCommand } from './lint/lint.ts'
import { createManCommand } from './man/man.ts'
import { queuesCommand } from './queues/queues.ts'
import { statusCommand } from './status/status.ts'

/** The commands, in the order of the help. */
export const COMMANDS: readonly CliCommand[] = [
  lintCommand,
  explainCommand,
  diffCommand,
  queuesCommand,
  statusCommand,
  applyCommand,
  importCommand,
  installCommand,
  uninstallCommand,
  createCompletionCommand(() => COMMANDS),
  createManCommand(() => COMMANDS),
]
