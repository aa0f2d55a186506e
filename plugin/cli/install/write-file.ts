import { type Os, OsError } from '../../os/os.ts'
import { folderOf, nameOf } from './paths.ts'

/** Replaces or makes a file, whole or not at all. Throws OsError. */
export function writeFile(os: Os, path: string, text: string, mode: number): void {
  const at = folderOf(path)
  // A symbolic link to a folder counts as a folder.
  const folder = os.openFolder(`${at}/.`)
  if (folder === undefined) throw new OsError('ENOENT', 'open', at)
  try {
    os.replaceFile(nameOf(path), text, mode, folder)
  } finally {
    os.close(folder)
  }
}
