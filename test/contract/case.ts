import type { Folder } from '../../plugin/os/folder.ts'
import { type Os, OsError } from '../../plugin/os/os.ts'

/** What every operating system behind the seam has to give, whatever engine shows it; and a fake one. */
export interface ContractCase {
  readonly name: string
  /** What is called, in a folder of its own, which holds {@link WORLD}; the result has to be JSON. */
  readonly run: (os: Os, root: string) => unknown
  /** What that is, or the error of the seam that is thrown; its path is below `root`. */
  readonly gives: unknown
  /** Whether only a kernel can show it, so that the fake is not asked. */
  readonly isReal?: boolean
}

/** What an error of the seam looks like among the results. */
export function error(errno: string, call: string, path: string): unknown {
  return { errno, call, path }
}

/** The result of a case; an error that is not of the seam goes on. */
export function resultOf({ run }: ContractCase, os: Os, root: string): unknown {
  try {
    return run(os, root) ?? null
  } catch (caught) {
    if (!(caught instanceof OsError)) throw caught
    return error(caught.errno, caught.call, caught.path.replace(root, ''))
  }
}

/** A folder that is known to be there. */
export function folderAt(os: Os, path: string): Folder {
  const folder = os.openFolder(path)
  if (folder === undefined) throw new Error(`${path} is not there`)
  return folder
}
