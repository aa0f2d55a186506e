import { type Os, OsError } from '../../plugin/os/os.ts'
import {
  entriesOf,
  type FakeFile,
  type FakeFiles,
  type Files,
  isFolder,
  modeOf,
  Refusal,
  statusOf,
  toFiles,
  writeTo,
} from './fake-files.ts'
import { createFakeFolders } from './fake-folders.ts'
import { type FakeLink, fakeLinkIoctl } from './fake-link.ts'
import { createFakeLooking } from './fake-looking.ts'
import { createState, type FakeMachine, type FakeState } from './fake-machine.ts'
import { fakeNetlink } from './fake-netlink.ts'
import { answerSockDiag, NETLINK_SOCK_DIAG } from './fake-sockets.ts'
import { createFakeWatching } from './fake-watching.ts'

export type { FakeFile, FakeFiles } from './fake-files.ts'
export type { FakeMachine, FakeState } from './fake-machine.ts'

export interface FakeOs extends Os {
  readonly stdout: () => string
  readonly stderr: () => string
  /** Every write to a file that outlives the command, in order: `netns path text`; none in a netns that the command made. */
  readonly writes: readonly string[]
  /** The text of a file of a netns, without its newline. */
  readonly textOf: (netns: string, path: string) => string | undefined
  readonly linkOf: (netns: string, ifName: string) => FakeLink | undefined
  readonly state: FakeState
  /** The milliseconds that were waited. */
  readonly slept: () => number
}

export const HOST = 'host'

const NEW = 'new'

const OWN_NETNS = '/proc/thread-self/ns/net'

/** An {@link Os} in memory that behaves like Linux for root. */
export function createFakeOs(machine: FakeMachine): FakeOs {
  const state = createState({ ...machine, netns: { [HOST]: {}, ...machine.netns } })
  const { trees, shared, links } = state
  const output = { stdout: '', stderr: '', slept: 0 }
  const writes: string[] = []
  let current = HOST

  const treeOf = (path: string) => (isOfNetns(path) ? (trees.get(current) as Files) : shared)
  const fileAt = (path: string, call: string) => {
    const file = treeOf(path).get(path)
    if (file !== undefined) return file
    throw new OsError(isFolder(treeOf(path), path) ? 'EISDIR' : 'ENOENT', call, path)
  }
  const regularAt = (path: string) => {
    if (isFolder(treeOf(path), path)) throw new OsError('EISDIR', 'read', path)
    const file = fileAt(path, 'open')
    if (file.kind === 'other') throw new OsError('EINVAL', 'open as a regular file', path)
    return file
  }

  const open: { readonly file: FakeFile; readonly netns: string; readonly files: Files }[] = []
  const openFile = (path: string, fd: number, call: string) => {
    const opened = open[fd]
    if (opened === undefined || opened.files.get(path) !== opened.file) throw new OsError('ENOENT', call, path)
    return opened
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
      const file = regularAt(path)
      if (file.readFails !== undefined) throw new OsError(file.readFails, 'read', path)
      if ((modeOf(file) & 0o444) === 0) throw new OsError('EACCES', 'open', path)
      return file.text
    },
    writeFile(path, text) {
      writeTo(fileAt(path, 'open'), text, path)
      if (current !== NEW) writes.push(`${current} ${path} ${text.trimEnd()}`)
    },
    openSysctl(path) {
      const file = fileAt(path, 'open')
      const isReadOnly = (modeOf(file) & 0o222) === 0
      const errno = (isReadOnly && file.writeFails) || 'EACCES'
      if (isReadOnly || (modeOf(file) & 0o444) === 0) throw new OsError(errno, 'open', path)
      return open.push({ file, netns: current, files: treeOf(path) }) - 1
    },
    readSysctl(path, fd) {
      const { readFails, text } = openFile(path, fd, 'read').file
      if (readFails !== undefined) throw new OsError(readFails, 'read', path)
      return text
    },
    writeSysctl(path, fd, text) {
      const { file, netns } = openFile(path, fd, 'write')
      writeTo(file, text, path)
      if (netns !== NEW) writes.push(`${netns} ${path} ${text.trimEnd()}`)
    },
    checkWritable(path) {
      const files = treeOf(path)
      const file = files.get(path) ?? (isFolder(files, path) ? { text: '' } : fileAt(path, 'access'))
      if ((modeOf(file) & 0o222) === 0) throw new OsError(file.writeFails ?? 'EACCES', 'access', path)
    },
    fileStatus: (path) => (trees.has(path) ? { kind: 'file', mode: 0o444, uid: 0 } : statusOf(treeOf(path), path)),
    ...createFakeFolders(machine, shared, writes),
    ...createFakeLooking(machine, shared, writes, fileAt),
    ...createFakeWatching(machine, shared),
    rewriteFile(path, text, before) {
      if (machine.replaceFails !== undefined) throw new OsError(machine.replaceFails, 'open', path)
      machine.meanwhile?.shift()?.(shared)
      const file = fileAt(path, 'open')
      if (file.text !== before) return false
      shared.set(path, { ...file, text })
      writes.push(`${path} replaced`)
      return true
    },
    copyFile(from, to, mode) {
      if (machine.replaceFails !== undefined) throw new OsError(machine.replaceFails, 'open', to)
      shared.set(to, { text: regularAt(from).text, mode })
      writes.push(`${to} replaced`)
    },
    hasSameContent: (a, b) => fileAt(a, 'open').text === fileAt(b, 'open').text,
    linkIoctl: (request, ifName, union) => fakeLinkIoctl(links.get(current)?.[ifName], request, ifName, union),
    netlink(protocol, request) {
      if (machine.netlinkFails !== undefined) throw new OsError(machine.netlinkFails, 'request', 'netlink 0')
      if (protocol === NETLINK_SOCK_DIAG) return answerSockDiag(machine.sockets?.[current] ?? [], request)
      if (!links.has(current)) links.set(current, {})
      return fakeNetlink(trees.get(current) as Files, links.get(current) as Record<string, FakeLink>, request)
    },
    list: (path) => entriesOf(new Map([...shared, ...(trees.get(current) as Files)]), path),
    openNetns(path) {
      const id = path === OWN_NETNS ? HOST : machine.netnsIds?.[path]
      if (id !== undefined || trees.has(path)) return { path, fd: 0, id: id ?? path }
      throw new OsError(machine.notNetns?.includes(path) ? 'EINVAL' : 'ENOENT', 'open', path)
    },
    ownNetnsId: () => HOST,
    enterNetns({ path, id }) {
      if (machine.enterFails !== undefined) throw new OsError(machine.enterFails, 'setns', path)
      current = trees.has(path) ? path : id
    },
    netnsCookie: () => (machine.hasCookies === false ? undefined : (machine.cookies?.[current] ?? `cookie ${current}`)),
    makeNetns() {
      if (machine.newNetns === undefined) throw new OsError('EPERM', 'unshare', 'a network namespace')
      trees.set(NEW, toFiles(machine.newNetns))
      links.delete(NEW)
      current = NEW
    },
    leaveNetns() {
      if (machine.leaveFails !== undefined) throw new OsError(machine.leaveFails, 'setns', OWN_NETNS)
      current = HOST
    },
    close: () => undefined,
    sleep(milliseconds) {
      output.slept += milliseconds
    },
    isTerminal: () => machine.isTerminal === true,
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
    slept: () => output.slept,
    writes,
    textOf: (netns, path) => trees.get(netns)?.get(path)?.text.replace(/\n$/, ''),
    linkOf: (netns, ifName) => links.get(netns)?.[ifName],
    state,
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

/** Files that only the machine's first netns has. */
export const OF_FIRST_NETNS: FakeFiles = { '/proc/sys/net/core/netdev_max_backlog': '1000\n' }

/** The files of a usual host. */
export function usualHost(changes: FakeFiles = {}): FakeFiles {
  return usualNetns({ ...OF_FIRST_NETNS, ...changes })
}

/**
 * The kernel's refusal of a value, for {@link FakeFile.accept}. `kept` is the file's content afterwards, as
 * with a vector that has kept the numbers before the bad one.
 */
export function refuse(errno: string, kept?: string): never {
  throw new Refusal(errno, kept)
}

function isOfNetns(path: string): boolean {
  return path.startsWith('/proc/sys/net') || path.startsWith('/proc/thread-self/net/')
}
