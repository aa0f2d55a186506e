import { type DirectoryEntry, type Os, OsError } from '../../plugin/os/os.ts'

/** A file of a fake machine: its text, and what happens to it. */
export interface FakeFile {
  text: string
  mode?: number
  /** The errno that reading or writing it gives. */
  readFails?: string
  writeFails?: string
  /** What the kernel makes of a written text; throws an errno to refuse it. */
  accept?: (text: string) => string
}

export type FakeFiles = Record<string, string | FakeFile>

export interface FakeMachine {
  args?: readonly string[]
  env?: Readonly<Record<string, string>>
  /** An errno where reading it fails. */
  stdin?: string | { readonly fails: string }
  /** One tree of files per netns, by the path of the netns; `host` is where the plugin starts. */
  netns?: Readonly<Record<string, FakeFiles>>
  /** Files outside every netns. */
  files?: FakeFiles
  /** Paths that exist and are no network namespace. */
  notNetns?: readonly string[]
  /** The errno that entering a netns gives, or leaving it. */
  enterFails?: string
  leaveFails?: string
  stdoutFails?: string
  stderrFails?: string
}

export interface FakeOs extends Os {
  readonly stdout: () => string
  readonly stderr: () => string
  /** Every write to a file, in order: `netns path text`. */
  readonly writes: readonly string[]
  /** The text of a file of a netns, without its newline. */
  readonly textOf: (netns: string, path: string) => string | undefined
}

export const HOST = 'host'

const OWN_NETNS = '/proc/thread-self/ns/net'

/** An {@link Os} in memory, that behaves as Linux does towards root. */
export function createFakeOs(machine: FakeMachine): FakeOs {
  const trees = new Map(Object.entries(machine.netns ?? {}).map(([path, files]) => [path, toFiles(files)]))
  if (!trees.has(HOST)) trees.set(HOST, new Map())
  const shared = toFiles(machine.files ?? {})
  const output = { stdout: '', stderr: '' }
  const writes: string[] = []
  let current = HOST

  const treeOf = (path: string) => (isOfNetns(path) ? (trees.get(current) as Files) : shared)
  const fileAt = (path: string, call: string) => {
    const file = treeOf(path).get(path)
    if (file !== undefined) return file
    throw new OsError(hasInside(treeOf(path), path) ? 'EISDIR' : 'ENOENT', call, path)
  }

  return {
    args: machine.args ?? [],
    getenv: (name) => machine.env?.[name],
    readStdin() {
      const stdin = machine.stdin ?? ''
      if (typeof stdin === 'string') return stdin
      throw new OsError(stdin.fails, 'read', '/dev/stdin')
    },
    readFile(path) {
      const file = fileAt(path, 'open')
      if (file.readFails !== undefined) throw new OsError(file.readFails, 'read', path)
      if ((modeOf(file) & 0o444) === 0) throw new OsError('EACCES', 'open', path)
      return file.text
    },
    writeFile(path, text) {
      const file = fileAt(path, 'open')
      if ((modeOf(file) & 0o222) === 0) throw new OsError('EACCES', 'open', path)
      if (file.writeFails !== undefined) throw new OsError(file.writeFails, 'write', path)
      file.text = file.accept === undefined ? text : acceptOrRefuse(file, file.accept, text, path)
      writes.push(`${current} ${path} ${text.trimEnd()}`)
    },
    checkWritable(path) {
      if ((modeOf(fileAt(path, 'access')) & 0o222) === 0) throw new OsError('EACCES', 'access', path)
    },
    fileMode: (path) => modeOf(fileAt(path, 'stat')),
    list: (path) => entriesOf(treeOf(path), path),
    netnsId(path) {
      if (path === OWN_NETNS) return HOST
      if (trees.has(path)) return path
      throw new OsError(machine.notNetns?.includes(path) ? 'EINVAL' : 'ENOENT', 'open', path)
    },
    enterNetns(path) {
      if (machine.enterFails !== undefined) throw new OsError(machine.enterFails, 'setns', path)
      current = path === OWN_NETNS ? HOST : path
    },
    leaveNetns() {
      if (machine.leaveFails !== undefined) throw new OsError(machine.leaveFails, 'setns', OWN_NETNS)
      current = HOST
    },
    writeStdout(text) {
      if (machine.stdoutFails !== undefined) throw new OsError(machine.stdoutFails, 'write', '/dev/stdout')
      output.stdout += text
    },
    writeStderr(text) {
      if (machine.stderrFails !== undefined) throw new OsError(machine.stderrFails, 'write', '/dev/stderr')
      output.stderr += text
    },
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    writes,
    textOf: (netns, path) => trees.get(netns)?.get(path)?.text.replace(/\n$/, ''),
  }
}

/** The files of a usual netns: lo and eth0, and some sysctls with the kernel's own values. */
export function usualNetns(changes: FakeFiles = {}): FakeFiles {
  const perInterface = ['all', 'default', 'lo', 'eth0'].map((name) => [
    `/proc/sys/net/ipv4/conf/${name}/rp_filter`,
    '0\n',
  ])
  return {
    '/proc/thread-self/net/dev': 'Inter-|   Receive\n face |bytes\n    lo: 0 0\n  eth0: 0 0\n',
    '/proc/sys/net/core/somaxconn': '4096\n',
    '/proc/sys/net/core/rmem_max': { text: '212992\n', mode: 0o444 },
    '/proc/sys/net/ipv4/ip_forward': '0\n',
    '/proc/sys/net/ipv4/ip_local_port_range': '32768\t60999\n',
    '/proc/sys/net/ipv4/tcp_keepalive_time': '7200\n',
    '/proc/sys/net/ipv4/route/flush': { text: '', mode: 0o200 },
    '/proc/sys/net/ipv6/conf/all/disable_ipv6': '0\n',
    ...Object.fromEntries(perInterface),
    ...changes,
  }
}

/**
 * What the kernel refuses a value with: for {@link FakeFile.accept}. `kept` is what the file holds from then on, as
 * a vector does that took the numbers before the bad one.
 */
export function refuse(errno: string, kept?: string): never {
  throw new Refusal(errno, kept)
}

class Refusal extends Error {
  readonly kept: string | undefined

  constructor(errno: string, kept: string | undefined) {
    super(errno)
    this.kept = kept
  }
}

type Files = Map<string, FakeFile>

function toFiles(files: FakeFiles): Files {
  return new Map(
    Object.entries(files).map(([path, file]) => [path, typeof file === 'string' ? { text: file } : { ...file }]),
  )
}

function isOfNetns(path: string): boolean {
  return path.startsWith('/proc/sys/net') || path.startsWith('/proc/thread-self/net/')
}

function hasInside(files: Files, path: string): boolean {
  return [...files.keys()].some((candidate) => candidate.startsWith(`${path}/`))
}

function modeOf(file: FakeFile): number {
  return file.mode ?? 0o644
}

function acceptOrRefuse(file: FakeFile, accept: (text: string) => string, text: string, path: string): string {
  try {
    return accept(text)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    file.text = error.kept ?? file.text
    throw new OsError(error.message, 'write', path)
  }
}

function entriesOf(files: Files, path: string): DirectoryEntry[] {
  const inside = [...files.keys()].filter((candidate) => candidate.startsWith(`${path}/`))
  if (inside.length === 0) throw new OsError('ENOENT', 'scandir', path)
  const names = new Map(
    inside.map((candidate) => {
      const [name = '', ...rest] = candidate.slice(path.length + 1).split('/')
      return [name, rest.length > 0]
    }),
  )
  return [...names].map(([name, isDirectory]) => ({ name, isDirectory }))
}
