import { dlopen, getInt32 } from 'node:ffi'
import { getSystemErrorName } from 'node:util'
import { OsError } from './os.ts'

const CLONE_NEWNET = 0x40000000 // <linux/sched.h>
const NS_GET_NSTYPE = 0xb703n // ioctl_nsfs(2)

/** The few functions of the C library that node:fs lacks. */
export interface Libc {
  /** setns(2) of this thread into the network namespace that `fd` is open on. */
  setns(fd: number, path: string): void
  /** Throws EINVAL unless `fd` is open on a network namespace. */
  checkNetns(fd: number, path: string): void
  /** poll(2) of one descriptor, without a timeout. */
  poll(fd: number, events: number): void
  /** _exit(2): neither exit handlers nor a teardown of the engine, which would take about 1 ms. */
  exit(code: number): void
}

/** The C library through node:ffi, opened at the first call. */
export function createLibc(): Libc {
  let opened: ReturnType<typeof openLibc> | undefined
  const libc = () => {
    opened ??= openLibc()
    return opened
  }
  const lastErrno = () => getSystemErrorName(-getInt32(libc().__errno_location(), 0))
  return {
    setns(fd, path) {
      if (libc().setns(fd, CLONE_NEWNET) !== 0) throw new OsError(lastErrno(), 'setns', path)
    },
    checkNetns(fd, path) {
      if (libc().ioctl(fd, NS_GET_NSTYPE, 0n) !== CLONE_NEWNET) throw new OsError('EINVAL', 'ioctl', path)
    },
    poll(fd, events) {
      const request = new ArrayBuffer(8) // struct pollfd { int fd; short events; short revents; }
      const view = new DataView(request)
      view.setInt32(0, fd, true)
      view.setInt16(4, events, true)
      libc().poll(request, 1n, -1)
    },
    exit: (code) => libc()._exit(code),
  }
}

function openLibc() {
  return dlopen(null, {
    setns: { arguments: ['i32', 'i32'], return: 'i32' },
    ioctl: { arguments: ['i32', 'u64', 'u64'], return: 'i32' },
    poll: { arguments: ['buffer', 'u64', 'i32'], return: 'i32' },
    _exit: { arguments: ['i32'], return: 'void' },
    __errno_location: { arguments: [], return: 'pointer' },
  }).functions
}
