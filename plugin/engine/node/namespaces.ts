import { constants, fstatSync, openSync, statfsSync } from 'node:fs'
import type { Namespaces } from '../../os/netns.ts'
import { OsError } from '../../os/os.ts'
import { attempt, closeQuietly } from './attempt.ts'
import type { Libc } from './libc.ts'

const OWN_NETNS = '/proc/thread-self/ns/net'
const NSFS_MAGIC = 0x6e736673 // <linux/magic.h>

/** The seam's functions for network namespaces. */
export function createNamespaces(libc: Libc): Namespaces {
  let host: number | undefined
  const rememberHost = (): number => {
    host ??= attempt(OWN_NETNS, () => openSync(OWN_NETNS, constants.O_RDONLY))
    return host
  }
  return {
    openNetns(path) {
      const fd = attempt(path, () => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK))
      try {
        if (!isOfNsfs(fd, path)) throw new OsError('EINVAL', 'statfs', path)
        return { path, fd, id: readId(fd, path) }
      } catch (error) {
        closeQuietly(fd)
        throw error
      }
    },
    ownNetnsId: () => readId(rememberHost(), OWN_NETNS),
    enterNetns({ fd, path }) {
      rememberHost()
      libc.setns(fd, path)
    },
    makeNetns() {
      rememberHost()
      libc.unshareNetns()
    },
    leaveNetns() {
      if (host !== undefined) libc.setns(host, OWN_NETNS)
    },
    netnsCookie: libc.netnsCookie,
  }
}

function readId(fd: number, path: string): string {
  const { dev, ino } = attempt(path, () => fstatSync(fd, { bigint: true }))
  return `${dev}:${ino}`
}

function isOfNsfs(fd: number, path: string): boolean {
  return attempt(path, () => statfsSync(`/proc/self/fd/${fd}`)).type === NSFS_MAGIC
}
