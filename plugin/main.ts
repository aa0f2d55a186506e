import type { Os } from './os/os.ts'
import { answerRuntime } from './runtime.ts'

/** Answers a runtime, or without CNI_COMMAND calls `operate` for what a person has typed, and returns the exit code. */
export function main(os: Os, operate: (os: Os) => number): number {
  return os.getenv('CNI_COMMAND') ? answerRuntime(os) : operate(os)
}
