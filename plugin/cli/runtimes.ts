import { log } from '../os/log.ts'
import { catchOsError, type Os, OsError } from '../os/os.ts'

/** The functions of the machine that are needed. */
type Files = Pick<Os, 'readFile' | 'fileStatus' | 'list'>

/** A container runtime that is installed here. */
export interface RuntimeHere {
  readonly name: string
  /** Where it looks for conflists; undefined if it runs no CNI plugin. */
  readonly folder: string | undefined
  /** What it does instead of reading a folder. */
  readonly does: string
}

const USUAL_FOLDER = '/etc/cni/net.d'
const BIN_FOLDERS = ['/usr/bin', '/usr/local/bin', '/usr/sbin', '/usr/local/sbin', '/opt/bin']

/** Kubernetes distributions with their own containerd: the name, and its configuration. */
const BUNDLED = {
  k3s: '/var/lib/rancher/k3s/agent/etc/containerd/config.toml',
  RKE2: '/var/lib/rancher/rke2/agent/etc/containerd/config.toml',
}

/** The first release of podman without CNI. */
const PODMAN_WITHOUT_CNI = 5

/** Notes on stderr about CNI folders that no runtime of this machine reads; none if there is no runtime. */
export function tellUnread(os: Os, folders: readonly string[], root = ''): void {
  const named = folders.map((folder) => (folder.startsWith(root) ? folder.slice(root.length) : folder))
  const ofCni = [...new Set(named)].filter((folder) => /\/cni\/net\.d$/.test(folder))
  const runtimes = ofCni.length === 0 ? [] : runtimesHere(os, root)
  for (const folder of ofCni) {
    if (runtimes.length === 0 || runtimesReading(runtimes, folder).length > 0) continue
    const does = runtimes.map((runtime) => `${runtime.name} ${runtime.does}`).join('; ')
    log(os, `note: no container runtime of this machine reads ${folder}: ${does}`)
  }
}

/** The names of the runtimes that look for conflists in a folder. */
export function runtimesReading(runtimes: readonly RuntimeHere[], folder: string): string[] {
  return runtimes.filter((runtime) => runtime.folder === folder).map(({ name }) => name)
}

/** The container runtimes that are installed below `root`, as far as their files show. */
export function runtimesHere(os: Files, root = ''): RuntimeHere[] {
  const at = { os, root }
  const bundled = Object.entries(BUNDLED).flatMap(([name, config]) => {
    return textOf(at, config) === undefined ? [] : [reading(name, settingIn(at, [config], 'conf_dir'))]
  })
  const found: [string, () => RuntimeHere][] = [
    ['containerd', () => reading('containerd', settingIn(at, tomlIn(at, '/etc/containerd'), 'conf_dir'))],
    ['crio', () => reading('CRI-O', settingIn(at, tomlIn(at, '/etc/crio'), 'network_dir'))],
    ['nerdctl', () => reading('nerdctl', settingIn(at, ['/etc/nerdctl/nerdctl.toml'], 'cni_netconfpath'))],
    ['cri-dockerd', () => reading('cri-dockerd', undefined)],
    ['podman', () => podman(at)],
  ]
  return [...bundled, ...found.filter(([command]) => isInstalled(at, command)).map(([, describe]) => describe())]
}

interface Place {
  readonly os: Files
  readonly root: string
}

function reading(name: string, folder = USUAL_FOLDER): RuntimeHere {
  return { name, folder: folder.replace(/\/+$/, ''), does: `reads ${folder}` }
}

/** podman before 5.0 has CNI, and uses it if it is configured, or if its first container used it. */
function podman(at: Place): RuntimeHere {
  const version = podmanVersion(at)
  if (version !== undefined && Number.parseInt(version, 10) >= PODMAN_WITHOUT_CNI) {
    return { name: `podman ${version}`, folder: undefined, does: 'has no CNI any more' }
  }
  const configs = ['/etc/containers/containers.conf', '/usr/share/containers/containers.conf']
  const files = [...tomlIn(at, '/etc/containers/containers.conf.d'), ...configs]
  const first = textOf(at, '/var/lib/containers/storage/defaultNetworkBackend')?.trim()
  if ((settingIn(at, files, 'network_backend') || first) === 'cni') {
    return reading('podman', settingIn(at, files, 'network_config_dir') || undefined)
  }
  return { name: 'podman', folder: undefined, does: 'runs no CNI plugins unless network_backend is "cni"' }
}

/** From Debian's package manager; others cannot be read without a program. */
function podmanVersion(at: Place): string | undefined {
  const text = textOf(at, '/var/lib/dpkg/status') ?? ''
  return /^Package: podman\n(?:.+\n)*?Version: (?:\d+:)?(\d+\.\d+\.\d+)/m.exec(text)?.[1]
}

/** The value of a member in the first TOML file that has it. Sections are ignored. */
function settingIn(at: Place, files: readonly string[], member: string): string | undefined {
  const line = new RegExp(`^[ \\t]*${member}[ \\t]*=[ \\t]*["']([^"'\\n]*)["']`, 'm')
  const found = files.map((file) => line.exec(textOf(at, file) ?? '')?.[1])
  return found.find((value) => value !== undefined && value !== '')
}

/** The configuration files in a folder and its subfolders, the last name first, because it wins. */
function tomlIn(at: Place, folder: string): string[] {
  const entries = entriesIn(at, folder)
  const files = entries.filter(({ name, isDirectory }) => !isDirectory && /\.(toml|conf)$/.test(name))
  const inside = entries.filter(({ isDirectory }) => isDirectory).flatMap(({ name }) => tomlIn(at, `${folder}/${name}`))
  return [
    ...inside,
    ...files
      .map(({ name }) => `${folder}/${name}`)
      .sort()
      .reverse(),
  ]
}

function isInstalled({ os, root }: Place, command: string): boolean {
  return BIN_FOLDERS.some((folder) => unlessFails(() => os.fileStatus(`${root}${folder}/${command}`)) !== undefined)
}

function textOf({ os, root }: Place, path: string): string | undefined {
  return unlessFails(() => os.readFile(root + path))
}

function entriesIn({ os, root }: Place, folder: string): ReturnType<Files['list']> {
  return unlessFails(() => os.list(root + folder)) ?? []
}

/** Files that cannot be read are ignored: this is only for a note. */
function unlessFails<T>(action: () => T): T | undefined {
  const result = catchOsError(action)
  return result instanceof OsError ? undefined : result
}
