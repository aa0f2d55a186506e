import { afterAll, describe, expect, test } from 'vitest'
import { createFailingOs, EFFECTIVE, type Failure } from '../helpers/failing-os.ts'
import { type Answered, type Asked, ask, CONTAINER, DATA_DIR } from '../helpers/requests.ts'

// Each call of the seam fails once, in each way, and a kill comes before each; the promises are held after each of them.

const SYS = '/proc/sys/net'
const PATHS = [`${SYS}/core/somaxconn`, `${SYS}/ipv4/ip_forward`, `${SYS}/ipv4/tcp_keepalive_time`]
const ORIGINAL = ['4096', '0', '7200']
const LINKS = { '/proc/thread-self/net/dev': 'a\nb\n lo: 0\neth0: 0\neth1: 0\n' }

const ETH0: Asked = { conf: { sysctl: { 'net.core.somaxconn': 1, 'net.ipv4.ip_forward': 1 } } }
const ETH1: Asked = {
  conf: { name: 'net2', sysctl: { 'net.core.somaxconn': 2, 'net.ipv4.tcp_keepalive_time': 9 } },
  env: { CNI_IFNAME: 'eth1' },
}

const ERRNOS = ['ENOMEM', 'EMFILE', 'EAGAIN', 'EINTR', 'EIO', 'EACCES', 'EROFS', 'ENOSPC']

const PASSING = /ENOMEM|EMFILE|EAGAIN|EINTR/

let injections = 0
let kills = 0
afterAll(() => console.log(`${injections} injected faults and ${kills} kills`))

const first = (command: string, asked: Asked) => ask(command, { ...asked, container: LINKS })
const then = (command: string, asked: Asked, after: Answered) => ask(command, { ...asked, after })

/** What there is: the values, and every file outside the netns. */
function stateOf({ os }: Answered) {
  const { shared } = os.state
  const files = [...shared].filter(([path, { kind }]) => path.startsWith(`${DATA_DIR}/`) && kind !== 'directory')
  return {
    values: PATHS.map((path) => os.textOf(CONTAINER, path)),
    records: Object.fromEntries(files.map(([path, { text }]) => [path, text])),
  }
}

/** The code of the error document; undefined if there is none. */
function codeOf({ answer }: Answered): unknown {
  return (answer as { code?: unknown } | undefined)?.code
}

/** What is there before the command, anew each time. */
const BEFORE: Readonly<Record<string, () => Answered>> = {
  alone: () => first('VERSION', {}),
  'after an ADD of its own': () => first('ADD', ETH0),
  'beside an earlier attachment': () => first('ADD', ETH1),
  'after an ADD of its own, beside a later attachment': () => then('ADD', ETH1, first('ADD', ETH0)),
  'after an ADD of its own, beside an earlier attachment': () => then('ADD', ETH0, first('ADD', ETH1)),
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
  /** What there was before. */
  readonly was: ReturnType<typeof stateOf>
  readonly what: string
}

/** Runs the command once for each call of the seam and each way in which that can fail. */
function forEachFault(
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
      if (way.kind === 'kill') kills += 1
      else injections += 1
      hold({ failed, was, what: `${command} with ${JSON.stringify(way)} at call ${at}, ${name}` })
    }
  }
}

const KILL: readonly Failure[] = [{ kind: 'kill' }]
const ERRORS: readonly Failure[] = ERRNOS.flatMap((errno) =>
  [false, true].map((isDone) => ({ kind: 'error', errno, isDone }) as const),
)

/** DEL of both attachments, in either order: everything is as it was at first, and no record is left. */
function expectDelCleans(after: Answered, what: string, order: readonly Asked[]): void {
  const last = order.reduce((state, asked) => then('DEL', asked, state), after)
  expect({ what, ...stateOf(last) }).toEqual({ what, values: ORIGINAL, records: {} })
}

const ORDERS = [[[ETH0, ETH1]], [[ETH1, ETH0]]]

describe.each(Object.entries(BEFORE))('%s', (_, before) => {
  test('an ADD that fails has changed nothing, and one that succeeds is undone by DEL', () => {
    forEachFault('ADD', ETH0, before, ERRORS, ({ failed, was, what }) => {
      const { values, records } = stateOf(failed)
      if (failed.exitCode === 1) expect({ what, values, records }).toEqual({ what, ...was })
      else expect([what, values.slice(0, 2)]).toEqual([what, ['1', '1']])
      expectDelCleans(failed, what, [ETH0, ETH1])
    })
  })

  test.each(ORDERS)('an ADD that is killed is undone by the DELs that follow', (order) => {
    forEachFault('ADD', ETH0, before, KILL, ({ failed, what }) => expectDelCleans(failed, what, order))
  })

  test.each(ORDERS)('a DEL that is killed is finished by those that follow', (order) => {
    forEachFault('DEL', ETH0, before, KILL, ({ failed, what }) => expectDelCleans(failed, what, order))
  })

  test('a DEL that fails leaves its record, and the next one finishes it', () => {
    forEachFault('DEL', ETH0, before, ERRORS, ({ failed, what }) => {
      const code = codeOf(failed)
      // What does not pass fails a DEL only where its request cannot be read.
      if (code !== undefined) expect({ what, code }).toEqual({ what, code: PASSING.test(what) ? 11 : 5 })
      if (code === 5) expect(what).toMatch(/readStdin/)
      expectDelCleans(failed, what, [ETH0, ETH1])
    })
  })

  test('a CHECK never takes what it cannot read for a difference, and changes nothing', () => {
    forEachFault('CHECK', ETH0, before, ERRORS, ({ failed, was, what }) => {
      expect({ what, ...stateOf(failed) }).toEqual({ what, ...was })
      const isAdded = Object.keys(was.records).some((path) => path.includes('net1@'))
      expect({ what, isWrong: isAdded && codeOf(failed) === 102 }).toEqual({ what, isWrong: false })
    })
  })

  test.each([[KILL], [ERRORS]])('GC never loses the record of a valid attachment', (ways) => {
    const valid = { 'cni.dev/valid-attachments': [{ containerID: 'c1', ifname: 'eth0' }] }
    forEachFault('GC', { conf: valid }, before, ways, ({ failed, was, what }) => {
      expect({ what, ...stateOf(failed) }).toEqual({ what, ...was })
      expect({ what, code: codeOf(failed) ?? 5 }).toEqual({ what, code: 5 })
    })
  })

  test('STATUS changes nothing', () => {
    forEachFault('STATUS', ETH0, before, [...KILL, ...ERRORS], ({ failed, was, what }) => {
      expect({ what, ...stateOf(failed) }).toEqual({ what, ...was })
    })
  })
})
