import { OWN_TYPE } from '../own-type.ts'
import { pathIn } from './paths.ts'

/** The folder in which most runtimes look for plugins. */
export const DEFAULT_BIN_DIR = '/opt/cni/bin'

/** The path of the plugin's executable in a folder of plugins. */
export function executableIn(folder: string): string {
  return pathIn(folder, OWN_TYPE)
}
