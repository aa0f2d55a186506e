import type { Os } from './os/os.ts'
import { answerRuntime } from './runtime.ts'

/** Does what a runtime asks, or without CNI_COMMAND has `operate` do what a person types, and returns the exit code. */
export function main(os: Os, operate: (os: Os) => number): number {
  return os.getenv('CNI_COMMAND') ? answerRuntime(os) : operate(os)
}
