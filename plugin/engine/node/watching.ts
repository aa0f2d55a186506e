import { DynamicLibrary } from 'node:ffi'
import { readSync } from 'node:fs'
import { OsError } from '../../os/os.ts'
import type { Watching } from '../../os/watching.ts'
import type { Libc } from './libc.ts'

const IN_NONBLOCK_CLOEXEC = 0o2004000
/** All that changes a folder or what is in it, and IN_ONLYDIR. */
const EVENTS = 0x01000fce
const POLLIN = 1
const SIGINT = 2
const SIGTERM = 15
const USUAL_UMASK = 0o22
/** A signal that comes just before poll(2) does not end it. */
const MOST_POLL_MS = 1000

/** Waiting by inotify(7) and poll(2), with the C library opened at the first use. */
export function createWatching(libc: Libc): Watching {
  let calls: Calls | undefined
  let inotify = -1
  let hasSignal = false
  const isTerminated = () => {
    hasSignal ||= calls?.umask(USUAL_UMASK) !== USUAL_UMASK && calls !== undefined
    return hasSignal
  }
  /** Whether a folder has changed before the time was up or a signal came. */
  const wait = (fd: number, milliseconds: number): boolean => {
    calls ??= openCalls(libc)
    for (const end = performance.now() + milliseconds; ; ) {
      const left = Math.max(0, Math.ceil(end - performance.now()))
      if (isTerminated()) return false
      if (calls.isReadable(fd, Math.min(left, MOST_POLL_MS))) return true
      if (left === 0) return false
    }
  }
  return {
    watchFolders(paths) {
      calls ??= openCalls(libc)
      if (inotify < 0) {
        calls.noticeSignals()
        inotify = calls.openInotify()
      }
      for (const path of paths) calls.watch(inotify, path)
    },
    waitForChange(milliseconds) {
      const isChanged = wait(inotify, milliseconds)
      if (isChanged) drain(inotify)
      return isTerminated() ? 'terminated' : isChanged ? 'changed' : 'timeout'
    },
    pause(milliseconds) {
      wait(-1, milliseconds)
      return isTerminated()
    },
    elapsed: () => performance.now(),
    wallClock: () => Date.now() / 1000,
  }
}

type Calls = ReturnType<typeof openCalls>

function openCalls(libc: Libc) {
  const library = new DynamicLibrary(null)
  const init = libc.lookUp('inotify_init1', ['i32'])
  const add = libc.lookUp('inotify_add_watch', ['i32', 'buffer', 'u32'])
  const poll = library.getFunction('poll', { arguments: ['buffer', 'u64', 'i32'], return: 'i32' })
  const signal = library.getFunction('signal', { arguments: ['i32', 'pointer'], return: 'pointer' })
  const umask = library.getFunction('umask', { arguments: ['u32'], return: 'u32' })
  return {
    umask,
    openInotify: () => init('inotify', IN_NONBLOCK_CLOEXEC),
    watch: (fd: number, path: string) => add(path, fd, Buffer.from(`${path}\0`), EVENTS),
    /** Node runs signal handlers in its event loop, which never runs here. */
    noticeSignals() {
      umask(USUAL_UMASK)
      // So umask(2) is the handler: it is safe at any time, gets the signal's number, and the number can be read later.
      for (const number of [SIGTERM, SIGINT]) signal(number, library.getSymbol('umask'))
    },
    /** Waits for a descriptor, or with -1 only for the time; false at the end of the time or after a signal. */
    isReadable(fd: number, milliseconds: number): boolean {
      const request = new ArrayBuffer(8) // struct pollfd { int fd; short events; short revents; }
      const view = new DataView(request)
      view.setInt32(0, fd, true)
      view.setInt16(4, POLLIN, true)
      return poll(request, 1n, milliseconds) > 0
    },
  }
}

/** Reads and drops the events of inotify(7). */
function drain(fd: number): void {
  const events = Buffer.allocUnsafe(64 * 1024)
  try {
    while (readSync(fd, events) > 0);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EAGAIN') throw new OsError(code ?? 'EIO', 'read', 'inotify')
  }
}
