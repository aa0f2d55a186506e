import { accessSync, constants, fstatSync, openSync, statfsSync, writeFileSync } from 'node:fs'
import { type Os, OsError } from '../../os/os.ts'
import { attempt, withOpen } from './attempt.ts'
import { hasSameContent, listDirectory, makeDirectory, readStatus, readWhole, removeFile } from './files.ts'
import { createLibc } from './libc.ts'
import { copyAll, replaceFile } from './replace.ts'
import { readAll, STDERR, STDOUT, writeAll } from './streams.ts'
import { createSysctlOpener, readSysctl, writeOnce, writeSysctl } from './sysctls.ts'

const OWN_NETNS = '/proc/thread-self/ns/net'

export interface NodeOs extends Os {
  exit(code: number): void
}

/** The operating system as Node 26 shows it: node:fs, and node:ffi for what node:fs lacks. */
export function createNodeOs(args: readonly string[], env: Readonly<Record<string, string | undefined>>): NodeOs {
  const libc = createLibc()
  let hostNetns: number | undefined
  const rememberHost = () => {
    hostNetns ??= attempt(OWN_NETNS, () => openSync(OWN_NETNS, constants.O_RDONLY))
  }
  return {
    args,
    getenv: (name) => env[name],
    readStdin: () => readAll(libc),
    readFile: readWhole,
    writeFile: writeOnce,
    openSysctl: createSysctlOpener(),
    readSysctl,
    writeSysctl,
    checkWritable: (path) => attempt(path, () => accessSync(path, constants.W_OK)),
    fileStatus: readStatus,
    makeDirectory,
    replaceFile: (path, text, mode) => replaceFile(path, mode, (fd) => writeFileSync(fd, text)),
    copyFile: (from, to, mode) => withOpen(from, (source) => replaceFile(to, mode, (fd) => copyAll(source, fd))),
    hasSameContent,
    removeFile,
    list: listDirectory,
    netnsId: (path) =>
      withOpen(path, (fd) => {
        // A namespace of another kind is refused by setns(2).
        if (!isOfNsfs(fd)) throw new OsError('EINVAL', 'statfs', path)
        const { dev, ino } = attempt(path, () => fstatSync(fd, { bigint: true }))
        return `${dev}:${ino}`
      }),
    enterNetns(path) {
      rememberHost()
      withOpen(path, (fd) => libc.setns(fd, path))
    },
    makeNetns() {
      rememberHost()
      libc.unshareNetns()
    },
    leaveNetns() {
      if (hostNetns !== undefined) libc.setns(hostNetns, OWN_NETNS)
    },
    linkIoctl: libc.linkIoctl,
    isTerminal: () => libc.isTerminal(STDOUT.fd),
    writeStdout: (text) => writeAll(libc, STDOUT, text),
    writeStderr: (text) => writeAll(libc, STDERR, text),
    exit: libc.exit,
  }
}

const NSFS_MAGIC = 0x6e736673 // <linux/magic.h>

function isOfNsfs(fd: number): boolean {
  const path = `/proc/self/fd/${fd}`
  return attempt(path, () => statfsSync(path)).type === NSFS_MAGIC
}
