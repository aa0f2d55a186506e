import { runCli } from './cli/cli.ts'
import type { Os } from './os/os.ts'
import { answerRuntime } from './runtime.ts'

/** Does what a runtime asks, or without CNI_COMMAND what a person types, and returns the exit code. */
export function main(os: Os): number {
  return os.getenv('CNI_COMMAND') ? answerRuntime(os) : runCli(os)
}
