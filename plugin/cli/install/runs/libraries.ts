import { catchOsError, type Os, OsError } from '../../../os/os.ts'
import { type Elf, type NeededLibrary, readElf } from './elf.ts'
import { resolveIn } from './root.ts'

/** The default folders of dynamic linkers: glibc's own, and Debian's for the machine. */
const FOLDERS = ['/lib64', '/usr/lib64', '/lib', '/usr/lib']
const TRIPLETS: Readonly<Record<number, string>> = { 62: 'x86_64-linux-gnu', 183: 'aarch64-linux-gnu' }
const CONFIGURATION = '/etc/ld.so.conf'

/** The libraries that the executable lacks in the system whose root is at `root`; empty if it would start. Throws OsError. */
export function findMissing(os: Os, root: string, { machine, interpreter, needed }: Elf): string[] {
  if (interpreter === undefined) return []
  if (resolveIn(os, root, interpreter) === undefined) {
    return [`${interpreter} is missing, so the glibc that it needs is missing`]
  }
  const folders = listFolders(os, root, machine)
  return needed.flatMap((library) => findProblem(os, root, folders, machine, library) ?? [])
}

function findProblem(
  os: Os,
  root: string,
  folders: readonly string[],
  machine: number,
  { name, versions }: NeededLibrary,
): string | undefined {
  const candidates = folders.flatMap((folder) => resolveIn(os, root, `${folder}/${name}`) ?? [])
  const found = candidates.map((candidate) => readElf(os, candidate)).find((elf) => elf?.machine === machine)
  if (found === undefined) return `${name} is not there (${packageOf(name)})`
  const names = found.names()
  const lacking = versions.filter((version) => !names.includes(`\0${version}\0`))
  return lacking.length === 0 ? undefined : `${name} is too old: it has no ${lacking.join(', ')}`
}

function listFolders(os: Os, root: string, machine: number): string[] {
  const triplet = TRIPLETS[machine]
  const own = triplet === undefined ? [] : [`/lib/${triplet}`, `/usr/lib/${triplet}`]
  return [...new Set([...readConfiguration(os, root, CONFIGURATION, 0), ...own, ...FOLDERS])]
}

/** ld.so.conf: a folder a line, and `include` with a pattern of files. */
function readConfiguration(os: Os, root: string, path: string, depth: number): string[] {
  const file = resolveIn(os, root, path)
  const text = file === undefined || depth > 4 ? '' : os.readFile(file)
  return text.split('\n').flatMap((line) => {
    const words = line.replace(/#.*/, '').trim().split(/\s+/)
    if (words[0] !== 'include') return words.filter((word) => word.startsWith('/'))
    return words.slice(1).flatMap((pattern) => {
      return expand(os, root, pattern).flatMap((each) => readConfiguration(os, root, each, depth + 1))
    })
  })
}

/** The files that match a pattern whose last part may have a `*`. */
function expand(os: Os, root: string, given: string): string[] {
  const pattern = given.startsWith('/') ? given : `/etc/${given}`
  const folder = pattern.slice(0, pattern.lastIndexOf('/'))
  const [start = '', end = ''] = pattern.slice(folder.length + 1).split('*')
  const path = resolveIn(os, root, folder)
  const entries = path === undefined ? [] : catchOsError(() => os.list(path))
  if (entries instanceof OsError) return []
  const names = entries.map(({ name }) => name).filter((name) => name.startsWith(start) && name.endsWith(end))
  return names.sort().map((name) => `${folder}/${name}`)
}

/** The packages of Debian and of Fedora with Node's libraries. */
const PACKAGES: readonly (readonly [RegExp, string, string])[] = [
  [/^libatomic\./, 'libatomic1', 'libatomic'],
  [/^libstdc\+\+\./, 'libstdc++6', 'libstdc++'],
  [/^libgcc_s\./, 'libgcc-s1', 'libgcc'],
]

function packageOf(name: string): string {
  const [, debian, fedora] = PACKAGES.find(([pattern]) => pattern.test(name)) ?? [undefined, 'libc6', 'glibc']
  return `apt-get install ${debian}, or dnf install ${fedora}`
}
