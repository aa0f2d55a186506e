import { collect } from '../../cni/error.ts'
import type { DirectoryEntry } from '../../os/file.ts'
import { type Os, OsError } from '../../os/os.ts'
import { parseSysctlKey } from '../../sysctl/key.ts'
import { type Facts, parseMode } from './facts.ts'

interface SeenFile {
  readonly text: string | null
  readonly mode: number
}

/** The operating system with the files of another node, as far as its facts have them, and read-only. */
export function viewFacts(os: Os, facts: Facts): Os {
  const files = filesOf(facts)
  const folders = foldersOf(files)
  const fileAt = (path: string, call: string): SeenFile => {
    const file = files.get(path)
    if (file === undefined) throw new OsError(folders.has(path) ? 'EISDIR' : 'ENOENT', call, path)
    return file
  }
  return {
    ...os,
    readFile(path) {
      const { text } = fileAt(path, 'open')
      if (text === null) throw new OsError('EACCES', 'open', path)
      return text
    },
    // Only absolute paths: a node's facts have no open folders.
    readIfExists: (name, at) => (at === undefined ? (files.get(name)?.text ?? undefined) : os.readIfExists(name, at)),
    fileStatus: (path) => ({ kind: 'file', mode: fileAt(path, 'lstat').mode, uid: 0 }),
    list(path) {
      const entries = folders.get(path)
      if (entries === undefined) throw new OsError('ENOENT', 'scandir', path)
      return [...entries.values()]
    },
    checkWritable: refuseToWrite,
    writeFile: refuseToWrite,
    openSysctl: refuseToWrite,
  }
}

function refuseToWrite(path: string): never {
  throw new OsError('EROFS', 'open', path)
}

function filesOf({ release, allowlist, sysctls }: Facts): Map<string, SeenFile> {
  const files = new Map<string, SeenFile>([
    ['/proc/sys/kernel/osrelease', { text: `${release}\n`, mode: 0o444 }],
    ['/proc/thread-self/net/dev', { text: '    lo: 0\n', mode: 0o444 }],
  ])
  if (allowlist !== null) files.set(allowlist.path, { text: allowlist.text, mode: 0o644 })
  for (const [name, [mode, , value]] of Object.entries(sysctls)) {
    // Sysctls that do not belong to a netns are refused on every kernel.
    const key = collect([], () => parseSysctlKey(name))
    if (mode === null || key === undefined) continue
    files.set(key.path, { text: value === null ? null : `${value}\n`, mode: parseMode(mode) })
  }
  return files
}

function foldersOf(files: ReadonlyMap<string, SeenFile>): Map<string, Map<string, DirectoryEntry>> {
  const folders = new Map<string, Map<string, DirectoryEntry>>()
  for (const path of files.keys()) {
    const names = path.split('/')
    for (let depth = names.length - 1; depth > 0; depth--) {
      const folder = names.slice(0, depth).join('/') || '/'
      const name = names[depth] as string
      const entries = folders.get(folder) ?? new Map<string, DirectoryEntry>()
      entries.set(name, { name, isDirectory: depth < names.length - 1 })
      folders.set(folder, entries)
    }
  }
  return folders
}
