import { isJsonObject, type JsonObject } from '../../../config/members.ts'
import type { Os } from '../../../os/os.ts'
import { OWN_TYPE } from '../../own-type.ts'
import { listConfigurations } from '../net-d.ts'

/** The configurations of some folders that name the plugin. Throws OsError. */
export function findUsers(os: Os, folders: readonly string[]): string[] {
  return folders.flatMap((folder) => listConfigurations(os, folder)).filter((path) => readOwn(os, path).length > 0)
}

/** The folders of undo records that a file's entries name. */
export function findDataDirs(os: Os, path: string): string[] {
  return readOwn(os, path).flatMap(({ dataDir }) => (typeof dataDir === 'string' ? dataDir : []))
}

function readOwn(os: Os, path: string): JsonObject[] {
  try {
    const value: unknown = JSON.parse(os.readFile(path))
    const entries: readonly unknown[] = isJsonObject(value) && Array.isArray(value.plugins) ? value.plugins : [value]
    return entries.filter(isJsonObject).filter(({ type }) => type === OWN_TYPE)
  } catch {
    // Runtimes do not use unreadable files and invalid JSON as configurations either.
    return []
  }
}
