import { OWN_TYPE } from '../own-type.ts'

/** Where most runtimes look for plugins. */
export const DEFAULT_BIN_DIR = '/opt/cni/bin'

/** The folder that `--bin-dir` names, without slashes at its end. */
export function parseBinDir(given = DEFAULT_BIN_DIR): string {
  return given.replace(/(?<=.)\/+$/, '')
}

/** The path of the plugin's executable in a folder of plugins. */
export function executableIn(folder: string): string {
  return `${folder}/${OWN_TYPE}`
}
