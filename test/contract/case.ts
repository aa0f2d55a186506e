import type { Folder } from '../../plugin/os/folder.ts'
import { type Os, OsError } from '../../plugin/os/os.ts'

/** The results that every operating system behind the seam must have, with every engine, and the fake one. */
export interface ContractCase {
  readonly name: string
  /** The function to call, in its own folder, which has {@link WORLD}; the result must be JSON. */
  readonly run: (os: Os, root: string) => unknown
  /** The expected result or error of the seam; its path is below `root`. */
  readonly gives: unknown
  /** Whether only a kernel can do it, not the fake. */
  readonly isReal?: boolean
}

/** What an error of the seam looks like among the results. */
export function error(errno: string, call: string, path: string): unknown {
  return { errno, call, path }
}

/** The result of a case; an error that is not of the seam is thrown again. */
export function resultOf({ run }: ContractCase, os: Os, root: string): unknown {
  try {
    return run(os, root) ?? null
  } catch (caught) {
    if (!(caught instanceof OsError)) throw caught
    return error(caught.errno, caught.call, caught.path.replace(root, ''))
  }
}

/** A folder that exists. */
export function folderAt(os: Os, path: string): Folder {
  const folder = os.openFolder(path)
  if (folder === undefined) throw new Error(`${path} is not there`)
  return folder
}
