import type { Os } from '../../plugin/os/os.ts'
import { type ContractCase, resultOf } from './case.ts'
import { READING, WRITING } from './cases/files.ts'
import { FOLDERS, IN_FOLDERS } from './cases/folders.ts'
import { NETNS, SYSCTLS } from './cases/netns.ts'
import { PROCESS } from './cases/process.ts'

/** The contract of the seam, plugin/os/os.ts. */
export const CONTRACT: readonly ContractCase[] = [
  ...PROCESS,
  ...READING,
  ...WRITING,
  ...FOLDERS,
  ...IN_FOLDERS,
  ...SYSCTLS,
  ...NETNS,
]

/** The program of an engine: runs every case in its own folder below the first argument, and prints the results as JSON. */
export function answerContract(os: Os): number {
  const results = CONTRACT.map((each, index) => {
    try {
      return resultOf(each, os, `${os.args[0]}/${index}`)
    } catch (bug) {
      return `${bug}`
    }
  })
  os.writeStdout(JSON.stringify(results))
  return 0
}
