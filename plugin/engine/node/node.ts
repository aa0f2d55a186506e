import { accessSync, constants } from 'node:fs'
import type { Os } from '../../os/os.ts'
import { attempt, closeQuietly, withOpen } from './attempt.ts'
import { hasSameContent, listDirectory, makeDirectory, readStatus, readWhole } from './files.ts'
import { createFolders } from './folders.ts'
import { createLibc } from './libc.ts'
import { looking } from './look.ts'
import { createNamespaces } from './namespaces.ts'
import { askNetlink } from './netlink.ts'
import { copyFile, rewriteFile } from './replace.ts'
import { readAll, STDERR, STDOUT, writeAll } from './streams.ts'
import { createSysctls, SYSCTLS } from './sysctls.ts'
import { createWatching } from './watching.ts'

export interface NodeOs extends Os {
  exit(code: number): void
}

/** The operating system as Node 26 shows it: node:fs, and node:ffi for what node:fs lacks. */
export function createNodeOs(args: readonly string[], env: Readonly<Record<string, string | undefined>>): NodeOs {
  const libc = createLibc()
  const { readFile, ...sysctls } = createSysctls()
  return {
    args,
    getenv: (name) => env[name],
    readStdin: () => readAll(libc),
    readFile: (path) => (path.startsWith(SYSCTLS) ? readFile(path) : readWhole(path)),
    ...sysctls,
    ...createFolders(libc),
    ...createNamespaces(libc),
    ...looking,
    ...createWatching(libc),
    checkWritable: (path) => attempt(path, () => accessSync(path, constants.W_OK)),
    fileStatus: readStatus,
    makeDirectory,
    rewriteFile: (path, text, before) => rewriteFile({ path, text, before }, libc),
    copyFile: (from, to, mode) => withOpen(from, (source) => copyFile(source, to, mode)),
    hasSameContent,
    list: listDirectory,
    linkIoctl: libc.linkIoctl,
    netlink: (protocol, request) => askNetlink(libc, protocol, request),
    close: ({ fd }) => closeQuietly(fd),
    sleep: (milliseconds) => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
    },
    isTerminal: () => libc.isTerminal(STDOUT.fd),
    writeStdout: (text) => writeAll(libc, STDOUT, text),
    writeStderr: (text) => writeAll(libc, STDERR, text),
    exit: libc.exit,
  }
}
