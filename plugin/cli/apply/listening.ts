import { catchOsError, type Os, OsError } from '../../os/os.ts'

/** TCP_LISTEN (include/net/tcp_states.h), as the fourth column of proc_pid_net(5)'s tables shows it. */
const LISTEN = '0A'

/** The number of listening TCP sockets in the netns that the thread is in, if it can be read: only for a hint. */
export function countListening(os: Os): number {
  return ['tcp', 'tcp6'].reduce((count, name) => count + countIn(os, `/proc/thread-self/net/${name}`), 0)
}

function countIn(os: Os, path: string): number {
  const text = catchOsError(() => os.readFile(path))
  if (text instanceof OsError) return 0
  return text.split('\n').filter((line) => line.trim().split(/\s+/)[3] === LISTEN).length
}
