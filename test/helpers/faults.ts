import { expect } from 'vitest'
import { createFailingOs, EFFECTIVE, type Failure } from './failing-os.ts'
import { type Answered, type Asked, ask, CONTAINER, DATA_DIR } from './requests.ts'

const SYS = '/proc/sys/net'
const PATHS = [`${SYS}/core/somaxconn`, `${SYS}/ipv4/ip_forward`, `${SYS}/ipv4/tcp_keepalive_time`]
const ORIGINAL = ['4096', '0', '7200']
const LINKS = { '/proc/thread-self/net/dev': 'a\nb\n lo: 0\neth0: 0\neth1: 0\n' }

/** One attachment. */
export const ETH0: Asked = { conf: { sysctl: { 'net.core.somaxconn': 1, 'net.ipv4.ip_forward': 1 } } }
/** Another one of the same container. */
export const ETH1: Asked = {
  conf: { name: 'net2', sysctl: { 'net.core.somaxconn': 2, 'net.ipv4.tcp_keepalive_time': 9 } },
  env: { CNI_IFNAME: 'eth1' },
}

const ERRNOS = ['ENOMEM', 'EMFILE', 'EAGAIN', 'EINTR', 'EIO', 'EACCES', 'EROFS', 'ENOSPC']

/** How many there were. */
export const counts = { faults: 0, kills: 0 }

/** A command on a fresh node. */
export const onFresh = (command: string, asked: Asked) => ask(command, { ...asked, container: LINKS })
/** A command after another one. */
export const followedBy = (command: string, asked: Asked, after: Answered) => ask(command, { ...asked, after })

/** The state: the values, and every file outside the netns. */
export function stateOf({ os }: Answered) {
  const { shared } = os.state
  const files = [...shared].filter(([path, { kind }]) => path.startsWith(`${DATA_DIR}/`) && kind !== 'directory')
  return {
    values: PATHS.map((path) => os.textOf(CONTAINER, path)),
    records: Object.fromEntries(files.map(([path, { text }]) => [path, text])),
  }
}

/** The calls of the seam that a command makes, in order. */
function callsOf(command: string, asked: Asked, before: () => Answered): readonly string[] {
  let calls: readonly string[] = []
  const wrap: Asked['wrap'] = (os) => {
    const failing = createFailingOs(os)
    calls = failing.calls
    return failing.os
  }
  ask(command, { ...asked, after: before(), wrap })
  return calls
}

interface Faulted {
  readonly failed: Answered
  /** The state before. */
  readonly was: ReturnType<typeof stateOf>
  readonly what: string
}

/** Runs the command once for each call of the seam and for each way in which the call can fail. */
export function forEachFault(
  command: string,
  asked: Asked,
  before: () => Answered,
  ways: readonly Failure[],
  hold: (faulted: Faulted) => void,
): void {
  for (const [at, name] of callsOf(command, asked, before).entries()) {
    for (const way of ways) {
      if (way.kind === 'error' && way.isDone && !EFFECTIVE.has(name)) continue
      const given = before()
      const was = structuredClone(stateOf(given))
      const failed = ask(command, { ...asked, after: given, wrap: (os) => createFailingOs(os, at, way).os })
      if (way.kind === 'kill') counts.kills += 1
      else counts.faults += 1
      hold({ failed, was, what: `${command} with ${JSON.stringify(way)} at call ${at}, ${name}` })
    }
  }
}

/** Before the call. */
export const KILL: readonly Failure[] = [{ kind: 'kill' }]
/** The errno of the call, before or after it has taken effect. */
export const ERRORS: readonly Failure[] = ERRNOS.flatMap((errno) =>
  [false, true].map((isDone) => ({ kind: 'error', errno, isDone }) as const),
)

/** DEL of both attachments, in either order: everything is as it was at onFresh, and no record is left. */
export function expectDelCleans(after: Answered, what: string, order: readonly Asked[]): void {
  const last = order.reduce((state, asked) => followedBy('DEL', asked, state), after)
  expect({ what, ...stateOf(last) }).toEqual({ what, values: ORIGINAL, records: {} })
}
