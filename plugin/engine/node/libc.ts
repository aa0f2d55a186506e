import { DynamicLibrary, getInt32 } from 'node:ffi'
import { closeSync } from 'node:fs'
import { getSystemErrorName } from 'node:util'
import { OsError } from '../../os/os.ts'

const CLONE_NEWNET = 0x40000000 // <linux/sched.h>
const AF_INET = 2
const SOCK_DGRAM = 2
const SOCK_CLOEXEC = 0o2000000
const IFNAMSIZ = 16 // <linux/if.h>

/** The few functions of the C library that node:fs lacks. */
export interface Libc {
  /** setns(2) of this thread into the network namespace that `fd` is open on. */
  setns(fd: number, path: string): void
  /** unshare(2) of this thread into a new network namespace. */
  unshareNetns(): void
  /** ioctl(2) on a new datagram socket, with struct ifreq; what the kernel leaves in its union. */
  linkIoctl(request: number, ifName: string, union: Uint8Array): Uint8Array
  /** isatty(3) */
  isTerminal(fd: number): boolean
  /** poll(2) of one descriptor, without a timeout. */
  poll(fd: number, events: number): void
  /** _exit(2): neither exit handlers nor a teardown of the engine, which would take about 1 ms. */
  exit(code: number): void
}

/** The C library through node:ffi; it and each of its functions are looked up at the first use, which is slow. */
export function createLibc(): Libc {
  let opened: DynamicLibrary | undefined
  const library = () => {
    opened ??= new DynamicLibrary(null)
    return opened
  }
  // Looked up before a call whose errno may be wanted, because the look-up may change it.
  let address: bigint | undefined
  const errnoAddress = (): bigint => {
    address ??= library().getFunction('__errno_location', { arguments: [], return: 'pointer' })()
    return address
  }
  return {
    setns(fd, path) {
      const setns = library().getFunction('setns', { arguments: ['i32', 'i32'], return: 'i32' })
      if (setns(fd, CLONE_NEWNET) === 0) return
      // Once more, with errno looked up before: that takes 0.1 ms, and may change it.
      const errno = errnoAddress()
      if (setns(fd, CLONE_NEWNET) !== 0) throw new OsError(errnoName(errno), 'setns', path)
    },
    unshareNetns() {
      const unshare = library().getFunction('unshare', { arguments: ['i32'], return: 'i32' })
      const errno = errnoAddress()
      if (unshare(CLONE_NEWNET) !== 0) throw new OsError(errnoName(errno), 'unshare', 'a network namespace')
    },
    linkIoctl(request, ifName, union) {
      const ifreq = new Uint8Array(IFNAMSIZ + union.length)
      ifreq.set(new TextEncoder().encode(ifName).subarray(0, IFNAMSIZ - 1))
      ifreq.set(union, IFNAMSIZ)
      const ioctl = library().getFunction('ioctl', { arguments: ['i32', 'u64', 'buffer'], return: 'i32' })
      const socket = library().getFunction('socket', { arguments: ['i32', 'i32', 'i32'], return: 'i32' })
      const errno = errnoAddress()
      const fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)
      if (fd < 0) throw new OsError(errnoName(errno), 'socket', ifName)
      try {
        if (ioctl(fd, BigInt(request), ifreq) !== 0) throw new OsError(errnoName(errno), 'ioctl', ifName)
      } finally {
        closeSync(fd)
      }
      return ifreq.slice(IFNAMSIZ)
    },
    isTerminal: (fd) => library().getFunction('isatty', { arguments: ['i32'], return: 'i32' })(fd) === 1,
    poll(fd, events) {
      const request = new ArrayBuffer(8) // struct pollfd { int fd; short events; short revents; }
      const view = new DataView(request)
      view.setInt32(0, fd, true)
      view.setInt16(4, events, true)
      library().getFunction('poll', { arguments: ['buffer', 'u64', 'i32'], return: 'i32' })(request, 1n, -1)
    },
    exit: (code) => library().getFunction('_exit', { arguments: ['i32'], return: 'void' })(code),
  }
}

function errnoName(address: bigint): string {
  return getSystemErrorName(-getInt32(address, 0))
}
