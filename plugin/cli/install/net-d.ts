import { catchOsError, type Os, OsError } from '../../os/os.ts'
import { CliError } from '../cli-error.ts'
import { readMarker } from './marker.ts'
import { nameOf, pathIn } from './paths.ts'

/** The folder in which runtimes look for networks. */
export const DEFAULT_CONF_DIR = '/etc/cni/net.d'

/** The files of a folder that runtimes read as configurations, in their order; none without the folder. Throws CliError and OsError. */
export function listConfigurations(os: Os, folder: string): string[] {
  const entries = catchOsError(() => os.list(folder))
  if (entries instanceof OsError) {
    if (entries.errno === 'ENOENT') return []
    if (entries.errno === 'ENOTDIR') throw new CliError(`${folder}: is not a folder of configurations`)
    throw entries
  }
  const names = entries.filter(({ isDirectory }) => !isDirectory).map(({ name }) => name)
  return names
    .filter(isConfigurationName)
    .sort((a, b) => (a < b ? -1 : 1))
    .map((name) => pathIn(folder, name))
}

export function isConfigurationName(name: string): boolean {
  return /\.(conflist|conf|json)$/.test(name)
}

/** The network of a node, which containerd and CRI-O load: the first file by name, without install's own copies. */
export function findInForce(os: Os, folder: string): string | undefined {
  return listConfigurations(os, folder).find((path) => readMarkerOf(os, path).copyOf === undefined)
}

/** The files of a folder that are copies of install's own. */
export function findCopies(os: Os, folder: string): string[] {
  return listConfigurations(os, folder).filter((path) => readMarkerOf(os, path).copyOf !== undefined)
}

/** The file that a runtime loads instead of `path`, if any: one that sorts before it in its folder. */
export function findBefore(os: Os, folder: string, path: string): string | undefined {
  return listConfigurations(os, folder).find((other) => nameOf(other) < nameOf(path))
}

/** The marker of a file; empty if it cannot be read. */
export function readMarkerOf(os: Os, path: string): ReturnType<typeof readMarker> {
  const text = catchOsError(() => os.readFile(path))
  return text instanceof OsError ? {} : readMarker(text)
}
