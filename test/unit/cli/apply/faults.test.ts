import { afterAll, describe, expect, test } from 'vitest'
import type { Failure } from '../../../helpers/failing-os.ts'
import { forEachFaultOfApply } from '../../../helpers/faults-of-apply.ts'
import { conflist, type FakeNode, fakeNode, podArgs } from '../../../helpers/node-state.ts'

// Each call of the seam that apply makes fails once, in each way, and a kill comes before each.

const SOMAXCONN = '/proc/sys/net/core/somaxconn'
const KEEPALIVE = '/proc/sys/net/ipv4/tcp_keepalive_time'
const OLD = { sysctl: { 'net.core.somaxconn': 8192, 'net.ipv4.tcp_keepalive_time': 60 } }
const NEW = { sysctl: { 'net.core.somaxconn': 16384 } }
const ERRNOS = ['ENOMEM', 'EMFILE', 'EAGAIN', 'EINTR', 'EIO', 'EACCES', 'EROFS', 'ENOSPC']

const counts = { faults: 0, kills: 0 }
afterAll(() => console.log(`apply: ${counts.faults} injected faults and ${counts.kills} kills`))

/** The configuration that a container was made with, and its entry in the runtime's cache. */
const BEFORE: Readonly<Record<string, { readonly made: object; readonly start: readonly string[] }>> = {
  'a container of the old conflist': { made: OLD, start: ['8192', '60'] },
  'a container without the plugin': { made: {}, start: ['4096', '7200'] },
}

describe.each(Object.entries(BEFORE))('%s', (_, { made, start }) => {
  const isOurs = made === OLD
  const newNode = () => {
    const node = fakeNode(NEW)
    const config = isOurs ? conflist(OLD) : conflist()
    node.add('c1', { config, args: podArgs('shop', 'web-0') })
    return node
  }
  const valuesOf = (node: FakeNode) => [SOMAXCONN, KEEPALIVE].map((path) => node.textOf('c1', path))
  const recordsOf = ({ state }: FakeNode) =>
    [...state.shared].filter(([path, { kind }]) => path.includes('/containers/') && kind !== 'directory')
  const forEachFault = (ways: readonly Failure[], hold: (node: FakeNode, exitCode: number, what: string) => void) => {
    forEachFaultOfApply(newNode, ways, (node, exitCode, what, way) => {
      if (way.kind === 'kill') counts.kills += 1
      else counts.faults += 1
      hold(node, exitCode, what)
    })
  }
  /** The DEL of the runtime, with the old request; a container without the plugin gets none. */
  const expectUndone = (node: FakeNode, what: string) => {
    if (!isOurs) return
    node.ask('DEL', 'c1', OLD)
    expect({ what, values: valuesOf(node), records: recordsOf(node) }).toEqual({
      what,
      values: ['4096', '7200'],
      records: [],
    })
  }
  const ERRORS: readonly Failure[] = ERRNOS.flatMap((errno) =>
    [false, true].map((isDone) => ({ kind: 'error', errno, isDone }) as const),
  )

  test('an apply that fails has changed nothing, which it says; CHECK and DEL hold after it', () => {
    forEachFault(ERRORS, (node, exitCode, what) => {
      const [somaxconn, keepalive] = exitCode === 2 ? start : ['16384', exitCode === 1 ? '60' : '7200']
      expect({ what, values: valuesOf(node) }).toEqual({ what, values: [somaxconn, keepalive] })
      if (isOurs) expect([what, node.ask('CHECK', 'c1', OLD).exitCode]).toEqual([what, 0])
      expectUndone(node, what)
    })
  })

  test('an apply that is killed is undone by DEL', () => {
    forEachFault([{ kind: 'kill' }], (node, _exitCode, what) => expectUndone(node, what))
  })

  test('an apply that is killed is finished by the next one', () => {
    forEachFault([{ kind: 'kill' }], (node, _exitCode, what) => {
      const { stdout } = node.type('apply', '--all')
      expect({ what, stdout, values: valuesOf(node) }).toEqual({ what, stdout, values: ['16384', '7200'] })
      if (isOurs) expect([what, node.ask('CHECK', 'c1', OLD).exitCode]).toEqual([what, 0])
      expectUndone(node, what)
    })
  })
})
