import { isAbsent } from '../../os/errno.ts'
import { catchOsError, type Os, OsError } from '../../os/os.ts'

/** The folders of sysctl.d(5): a file in an earlier folder hides the file of the same name in later ones. */
const FOLDERS = ['/etc/sysctl.d', '/run/sysctl.d', '/usr/local/lib/sysctl.d', '/usr/lib/sysctl.d', '/lib/sysctl.d']

/** sysctl(8) of procps reads this file last. */
const LAST = '/etc/sysctl.conf'

/** A file of sysctl.d(5). */
export interface SysctlDFile {
  readonly path: string
  readonly text: string
}

/** The node's own files, in the order in which they are applied. Throws OsError if one cannot be read. */
export function readNodeFiles(os: Os): SysctlDFile[] {
  const paths = new Map<string, string>()
  for (const folder of FOLDERS.toReversed()) for (const path of listFolder(os, folder)) paths.set(nameOf(path), path)
  const files = [...paths.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path)
  return [...files, LAST].flatMap((path) => {
    const text = catchOsError(() => os.readFile(path))
    if (!(text instanceof OsError)) return [{ path, text }]
    if (isAbsent(text)) return []
    throw text
  })
}

/** The given files, and the files of the given folders in the order of their names. Throws OsError. */
export function readGivenFiles(os: Os, given: readonly string[]): SysctlDFile[] {
  return given.flatMap((path) => {
    // A link to a folder is one too.
    const isFolder = !(catchOsError(() => os.list(path)) instanceof OsError)
    const files = isFolder ? listFolder(os, path.replace(/(?<=.)\/+$/, '')) : [path]
    return files.map((file) => ({ path: file, text: os.readFile(file) }))
  })
}

function listFolder(os: Os, folder: string): string[] {
  const entries = catchOsError(() => os.list(folder))
  if (entries instanceof OsError) {
    if (isAbsent(entries)) return []
    throw entries
  }
  return entries.flatMap(({ name }) => (name.endsWith('.conf') ? `${folder}/${name}` : [])).sort()
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
