import { readLinkNames } from '../../link/names.ts'
import { createVeth } from '../../link/veth.ts'
import { catchOsError, type Os, OsError } from '../../os/os.ts'
import { readSysctlTree } from '../../plan/surroundings.ts'
import type { Surroundings } from '../../subject/surroundings.ts'

/** The other end of each pair is in the same netns, with a name that nobody uses. */
const PEER = 'peer~'

/** Makes veth interfaces in the netns of this thread; returns the error if that fails. */
export function tryLinks(os: Os, names: readonly string[]): OsError | undefined {
  for (const [index, name] of names.entries()) {
    const failure = catchOsError(() => createVeth(os, name, `${PEER}${index}`))
    if (failure instanceof OsError) return failure
  }
  return undefined
}

/** The netns of this thread without the other ends; the rest is the host's. */
export function lookAroundStage(os: Os, { onHost, release }: Surroundings): Surroundings {
  const tree = [...readSysctlTree(os)].filter(([key]) => !key.includes(`.${PEER}`))
  const links = readLinkNames(os).filter((name) => !name.startsWith(PEER))
  return { inNetns: new Map(tree), onHost, links, release }
}
