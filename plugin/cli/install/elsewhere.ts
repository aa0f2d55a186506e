import { catchOsError, type Os, OsError } from '../../os/os.ts'
import { OWN_TYPE } from '../own-type.ts'
import { DEFAULT_BIN_DIR } from './bin-dir.ts'
import { pathIn } from './paths.ts'
import { isThere } from './steps.ts'

/** The distributions' folders of CNI plugins. */
const USUAL = [
  DEFAULT_BIN_DIR,
  '/usr/lib/cni',
  '/usr/libexec/cni',
  '/usr/local/lib/cni',
  '/usr/local/libexec/cni',
  '/var/lib/cni/bin',
  '/home/kubernetes/bin',
  '/var/lib/rancher/k3s/data/cni',
  '/var/lib/rancher/k3s/data/current/bin',
]

/** The configuration files of containerd, CRI-O and podman, and folders with more of them. */
const CONFIGURATIONS = ['/etc/containerd/config.toml', '/etc/crio/crio.conf', '/etc/containers/containers.conf']
const FOLDERS = ['/etc/containerd/conf.d', '/etc/crio/crio.conf.d', '/etc/containers/containers.conf.d']

/** The folders other than `binDir` in which a plugin's executable is. Throws OsError. */
export function findElsewhere(os: Os, binDir: string, type: string = OWN_TYPE): string[] {
  const folders = [...new Set([...USUAL, ...readFolders(os)])]
  return folders.filter((folder) => folder !== binDir && isThere(os, pathIn(folder, type)))
}

function readFolders(os: Os): string[] {
  const more = FOLDERS.flatMap((folder) => {
    const entries = catchOsError(() => os.list(folder))
    return entries instanceof OsError ? [] : entries.map(({ name }) => pathIn(folder, name))
  })
  return [...CONFIGURATIONS, ...more].flatMap((path) => {
    const text = catchOsError(() => os.readFile(path))
    return text instanceof OsError ? [] : parseFolders(text)
  })
}

/** The values of `bin_dir`, `bin_dirs`, `plugin_dirs` and `cni_plugin_dirs` in a TOML file. */
export function parseFolders(toml: string): string[] {
  const text = toml.replace(/^\s*#.*$/gm, '')
  const values = text.matchAll(/\b(?:bin_dirs?|(?:cni_)?plugin_dirs)\s*=\s*(\[[^\]]*\]|"[^"\n]*"|'[^'\n]*')/g)
  return [...values].flatMap(([, value = '']) =>
    [...value.matchAll(/["']([^"'\n]+)["']/g)].map(([, folder = '']) => folder.replace(/(?<=.)\/+$/, '')),
  )
}
