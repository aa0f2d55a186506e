import * as fs from 'node:fs'
import { createLibc, type Libc } from './libc.ts'
import { type DirectoryEntry, MAX_STDIN_BYTES, type Os, OsError } from './os.ts'

const STDIN = { fd: 0, path: '/dev/stdin' }
const STDOUT = { fd: 1, path: '/dev/stdout' }
const STDERR = { fd: 2, path: '/dev/stderr' }
const OWN_NETNS = '/proc/thread-self/ns/net'
const POLLIN = 1
const POLLOUT = 4

export interface NodeOs extends Os {
  exit(code: number): void
}

/** The operating system as Node 26 shows it: node:fs, and node:ffi for what node:fs lacks. */
export function createNodeOs(args: readonly string[], env: Readonly<Record<string, string | undefined>>): NodeOs {
  const libc = createLibc()
  let hostNetns: number | undefined
  return {
    args,
    getenv: (name) => env[name],
    readStdin: () => decodeUtf8(readAll(libc)),
    readFile: readWhole,
    writeFile: writeOnce,
    checkWritable: (path) => attempt(path, () => fs.accessSync(path, fs.constants.W_OK)),
    fileMode: (path) => attempt(path, () => fs.statSync(path).mode & 0o7777),
    list: (path) => attempt(path, () => fs.readdirSync(path, { withFileTypes: true }).map(toEntry)),
    netnsId: (path) =>
      withOpen(path, (fd) => {
        libc.checkNetns(fd, path)
        const { dev, ino } = attempt(path, () => fs.fstatSync(fd, { bigint: true }))
        return `${dev}:${ino}`
      }),
    enterNetns(path) {
      hostNetns ??= attempt(OWN_NETNS, () => fs.openSync(OWN_NETNS, fs.constants.O_RDONLY))
      withOpen(path, (fd) => libc.setns(fd, path))
    },
    leaveNetns() {
      if (hostNetns !== undefined) libc.setns(hostNetns, OWN_NETNS)
    },
    writeStdout: (text) => writeAll(libc, STDOUT, text),
    writeStderr: (text) => writeAll(libc, STDERR, text),
    exit: (code) => libc.exit(code),
  }
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException
    if (code === undefined || syscall === undefined) throw error
    throw new OsError(code, syscall, path)
  }
}

function toEntry(entry: fs.Dirent): DirectoryEntry {
  return { name: entry.name, isDirectory: entry.isDirectory() }
}

function withOpen<T>(path: string, action: (fd: number) => T): T {
  const fd = attempt(path, () => fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK))
  try {
    return action(fd)
  } finally {
    fs.closeSync(fd)
  }
}

/**
 * A first read that fills its buffer may be all that a file gives, proc_do_large_bitmap(): then it is read again, with
 * a larger one.
 */
function readWhole(path: string): string {
  for (let size = 8192; ; size *= 8) {
    const chunks = withOpen(path, (fd) => readChunks(fd, path, size))
    if (chunks[0]?.length !== size) return Buffer.concat(chunks).toString()
  }
}

function readChunks(fd: number, path: string, size: number): Buffer[] {
  const chunks: Buffer[] = []
  for (;;) {
    const chunk = Buffer.allocUnsafe(size)
    const length = attempt(path, () => fs.readSync(fd, chunk))
    if (length === 0) return chunks
    chunks.push(chunk.subarray(0, length))
  }
}

function writeOnce(path: string, text: string): void {
  const bytes = Buffer.from(text)
  const fd = attempt(path, () => fs.openSync(path, fs.constants.O_WRONLY | fs.constants.O_NOFOLLOW))
  try {
    const written = attempt(path, () => fs.writeSync(fd, bytes))
    if (written < bytes.length) throw new OsError('EIO', 'write', path)
  } finally {
    fs.closeSync(fd)
  }
}

function readAll(libc: Libc): Uint8Array {
  const chunks: Buffer[] = []
  let total = 0
  for (;;) {
    const chunk = Buffer.allocUnsafe(64 * 1024)
    const length = whenReady(libc, STDIN, POLLIN, () => fs.readSync(STDIN.fd, chunk))
    if (length === 0) return Buffer.concat(chunks, total)
    chunks.push(chunk.subarray(0, length))
    total += length
    if (total > MAX_STDIN_BYTES) throw new OsError('EFBIG', 'read', STDIN.path)
  }
}

function writeAll(libc: Libc, stream: typeof STDOUT, text: string): void {
  const bytes = Buffer.from(text)
  for (let offset = 0; offset < bytes.length; ) {
    const from = offset
    offset += whenReady(libc, stream, POLLOUT, () => fs.writeSync(stream.fd, bytes, from))
  }
}

/** Repeats `action` after poll(2) while it gives EAGAIN, as a pipe does that its owner made non-blocking. */
function whenReady(libc: Libc, stream: typeof STDIN, events: number, action: () => number): number {
  for (;;) {
    try {
      return attempt(stream.path, action)
    } catch (error) {
      if (!(error instanceof OsError && error.errno === 'EAGAIN')) throw error
      libc.poll(stream.fd, events)
    }
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new OsError('EILSEQ', 'read', STDIN.path)
  }
}
