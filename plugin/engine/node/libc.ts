import { type ArgumentType, DynamicLibrary, getInt32, getRawPointer, type ReturnType } from 'node:ffi'
import { getSystemErrorName } from 'node:util'
import { OsError } from '../../os/os.ts'
import { closeQuietly } from './attempt.ts'
import { SYSCALLS, type Syscall } from './syscalls.ts'

const CLONE_NEWNET = 0x40000000 // <linux/sched.h>
const AF_UNIX = 1
const AF_INET = 2
const SOCK_DGRAM = 2
const SOCK_CLOEXEC = 0o2000000
const SOL_SOCKET = 1
/** The kernel has no cookies, or an emulator (QEMU's user mode) asks for four bytes instead of eight. */
const NO_COOKIE: ReadonlySet<string> = new Set(['ENOPROTOOPT', 'EINVAL'])
const SO_NETNS_COOKIE = 71 // <asm-generic/socket.h>
const LOCK_EX_NB = 6 // <sys/file.h>
const IFNAMSIZ = 16 // <linux/if.h>
/** The number of a system call, and the most arguments that one has here. */
const SIX_WORDS: readonly ArgumentType[] = ['i64', 'i64', 'i64', 'i64', 'i64', 'i64']

/** `path` is for errors. */
export type Call = (path: string, ...args: readonly (number | bigint | NodeJS.ArrayBufferView)[]) => number

/** The functions of the C library that node:fs does not have. */
export interface Libc {
  /** A function that returns a number, or -1 after an error: then it throws OsError. Types are those of node:ffi. */
  lookUp(name: string, types: readonly ArgumentType[], returns?: ReturnType): Call
  /** setns(2) of this thread into the network namespace that `fd` is open on. */
  setns(fd: number, path: string): void
  /** unshare(2) of this thread into a new network namespace. */
  unshareNetns(): void
  /** SO_NETNS_COOKIE of the netns that this thread is in; undefined if the kernel has none. */
  netnsCookie(): string | undefined
  /** flock(2) with LOCK_EX|LOCK_NB; false if another process has it. */
  tryLock(fd: number, path: string): boolean
  /** ioctl(2) on a new datagram socket, with struct ifreq; returns its union as the kernel has changed it. */
  linkIoctl(request: number, ifName: string, union: Uint8Array): Uint8Array
  /** isatty(3) */
  isTerminal(fd: number): boolean
  /** poll(2) of one descriptor, without a timeout. */
  poll(fd: number, events: number): void
  /** exit_group(2): neither exit handlers nor a teardown of the engine, which would take about 1 ms. */
  exit(code: number): void
}

/** The C library through node:ffi. Looking up the library and a function is slow, so it is done at the first use. */
export function createLibc(): Libc {
  let opened: DynamicLibrary | undefined
  const find = (name: string, types: readonly ArgumentType[], returns: ReturnType) => {
    opened ??= new DynamicLibrary(null)
    return opened.getFunction(name, { arguments: [...types], return: returns })
  }
  let errno: bigint | undefined
  /** Before the call, because a lookup may change errno. */
  const findErrno = () => {
    errno ??= find('__errno_location', [], 'pointer')() as bigint
    return errno
  }
  const check = (result: number | bigint, at: bigint, name: string, path: string): number => {
    if (result < 0) throw new OsError(getSystemErrorName(-getInt32(at, 0)), name, path)
    return Number(result)
  }
  const lookUp: Libc['lookUp'] = (name, types, returns = 'i32') => {
    const call = find(name, types, returns)
    const at = findErrno()
    return (path, ...args) => check(call(...args) as number | bigint, at, name, path)
  }
  let syscall: ((...words: readonly bigint[]) => bigint) | undefined
  /** syscall(2): a lookup takes 0.2 ms, so what every ADD needs shares one. After a failure the call is repeated for its errno. */
  const callDirectly = (name: Syscall, path: string, ...args: readonly (number | bigint)[]): number => {
    syscall ??= find('syscall', SIX_WORDS, 'i64') as NonNullable<typeof syscall>
    const words = SIX_WORDS.map((_, at) => BigInt([SYSCALLS[name], ...args][at] ?? 0))
    const result = syscall(...words)
    if (result >= 0) return Number(result)
    const at = findErrno()
    return check(syscall(...words), at, name, path)
  }
  /** A datagram socket while `action` runs. */
  const withSocket = <T>(family: number, path: string, action: (fd: number) => T): T => {
    const fd = callDirectly('socket', path, family, SOCK_DGRAM | SOCK_CLOEXEC)
    try {
      return action(fd)
    } finally {
      closeQuietly(fd)
    }
  }
  return {
    lookUp,
    setns(fd, path) {
      callDirectly('setns', path, fd, CLONE_NEWNET)
    },
    unshareNetns() {
      lookUp('unshare', ['i32'])('a network namespace', CLONE_NEWNET)
    },
    netnsCookie() {
      // The cookie, and behind it its length.
      const memory = new BigUint64Array([0n, 8n])
      try {
        withSocket(AF_UNIX, 'a socket', (fd) => {
          const start = getRawPointer(memory)
          callDirectly('getsockopt', 'a socket', fd, SOL_SOCKET, SO_NETNS_COOKIE, start, start + 8n)
        })
      } catch (error) {
        if (error instanceof OsError && NO_COOKIE.has(error.errno)) return undefined
        throw error
      }
      return String(memory[0])
    },
    tryLock(fd, path) {
      try {
        callDirectly('flock', path, fd, LOCK_EX_NB)
        return true
      } catch (error) {
        if (error instanceof OsError && error.errno === 'EAGAIN') return false
        throw error
      }
    },
    linkIoctl(request, ifName, union) {
      const ifreq = new Uint8Array(IFNAMSIZ + union.length)
      ifreq.set(new TextEncoder().encode(ifName).subarray(0, IFNAMSIZ - 1))
      ifreq.set(union, IFNAMSIZ)
      const ioctl = lookUp('ioctl', ['i32', 'u64', 'buffer'])
      withSocket(AF_INET, ifName, (fd) => ioctl(ifName, fd, BigInt(request), ifreq))
      return ifreq.slice(IFNAMSIZ)
    },
    isTerminal: (fd) => find('isatty', ['i32'], 'i32')(fd) === 1,
    poll(fd, events) {
      const request = new ArrayBuffer(8) // struct pollfd { int fd; short events; short revents; }
      const view = new DataView(request)
      view.setInt32(0, fd, true)
      view.setInt16(4, events, true)
      find('poll', ['buffer', 'u64', 'i32'], 'i32')(request, 1n, -1)
    },
    exit: (code) => callDirectly('exit_group', 'the process', code),
  }
}
