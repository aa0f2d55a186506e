import type { Os } from '../../os/os.ts'
import { lookAroundHost } from '../../plan/surroundings.ts'
import { readDevconfInherit } from '../explain/explanation.ts'
import { tryNewNetns } from '../new-netns.ts'
import { type BadLine, collectAssignments } from './assignments.ts'
import { type Imported, judge, readOnHost } from './entry.ts'
import type { SysctlDFile } from './files.ts'

/** What sysctl.d files mean for pods. */
export interface Judged {
  readonly imported: readonly Imported[]
  readonly badLines: readonly BadLine[]
  /** False if no netns could be made, which needs root. */
  readonly hasLooked: boolean
}

/** The fate of each line, with `isFirst` for an entry before the network plugin. Leaves the thread in a new netns. */
export function judgeFiles(os: Os, files: readonly SysctlDFile[], isFirst = false): Judged {
  const surroundings = lookAroundHost(os)
  const names = [...surroundings.inNetns.keys()].map((name) => name.split('.').map((word) => word.replaceAll('/', '.')))
  const { assignments, badLines } = collectAssignments(files, names)
  const readings = readOnHost(os, assignments)
  const node = { surroundings, devconfInherit: readDevconfInherit(os) }
  const hasLooked = tryNewNetns(os)
  return { imported: judge(os, readings, node, { hasLooked, isFirst }), badLines, hasLooked }
}
