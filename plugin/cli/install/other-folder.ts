import { isJsonObject } from '../../config/members.ts'
import { catchOsError, type Os, OsError } from '../../os/os.ts'
import { OWN_TYPE } from '../own-type.ts'
import { findElsewhere } from './elsewhere.ts'
import { pathIn } from './paths.ts'
import { isThere } from './steps.ts'

/**
 * Warns if the network plugin of a file, and so the runtime's folder of plugins, is elsewhere than `binDir`: no pod
 * starts if the runtime does not find this plugin. Throws OsError.
 */
export function warnOfOtherFolder(os: Os, source: string, binDir: string): string[] {
  const type = findNetworkType(os, source)
  if (type === undefined || isThere(os, pathIn(binDir, type))) return []
  const [folder] = findElsewhere(os, binDir, type)
  if (folder === undefined) return []
  return [
    `${binDir} has no ${type}, but ${folder} has it: if the runtime looks for plugins only there, it does not find ${OWN_TYPE}, and no pod starts; then give --bin-dir ${folder}`,
  ]
}

function findNetworkType(os: Os, source: string): string | undefined {
  const text = catchOsError(() => os.readFile(source))
  if (text instanceof OsError) return undefined
  try {
    const value: unknown = JSON.parse(text)
    const plugins: readonly unknown[] = isJsonObject(value) && Array.isArray(value.plugins) ? value.plugins : [value]
    const types = plugins.map((plugin) => (isJsonObject(plugin) ? plugin.type : undefined))
    return types.find((type) => typeof type === 'string' && type !== OWN_TYPE && !type.includes('/')) as
      | string
      | undefined
  } catch {
    // Invalid JSON is reported elsewhere.
    return undefined
  }
}
