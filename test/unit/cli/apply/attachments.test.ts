import { describe, expect, test } from 'vitest'
import { CONFLIST, cacheText, conflist, fakeNode } from '../../../helpers/node-state.ts'

// Two networks of one container, which ask for the same sysctl. The second one was added later.

const SOMAXCONN = '/proc/sys/net/core/somaxconn'

const entryOf = (somaxconn: number | undefined) => ({
  sysctl: somaxconn === undefined ? {} : { 'net.core.somaxconn': somaxconn },
})

const ofSecond = (text: string) => text.replace('"net1"', '"net2"')

/** A node whose container has the values of `old`, and whose conflists ask for others by now. */
function nodeOf(old: Asked, now: Asked) {
  const node = fakeNode(entryOf(now[0]))
  node.put(CONFLIST.replace('net1', 'net2'), ofSecond(conflist(entryOf(now[1]))))
  node.add('c1', { config: conflist(entryOf(old[0])) })
  const cached = ofSecond(cacheText('c1', { config: ofSecond(conflist(entryOf(old[1]))) }))
  node.put('/var/lib/cni/results/net2-c1-eth0', cached)
  const ask = (command: string, index: 0 | 1) =>
    node.ask(command, 'c1', { ...entryOf(old[index]), name: `net${index + 1}` })
  expect(ask('ADD', 1).exitCode).toBe(0)
  return { ...node, ask, now: () => node.textOf('c1', SOMAXCONN) }
}

type Asked = readonly [first: number | undefined, second: number | undefined]

describe('apply to two networks of a container', () => {
  test.each<[what: string, now: Asked, applied: string, withoutFirst: string, withoutSecond: string]>([
    ['both ask for the same', [1000, 2000], '2000', '2000', '1000'],
    ['the later one asks for another value', [1000, 2001], '2001', '2001', '1000'],
    ['the earlier one asks for another value', [1001, 2000], '2000', '2000', '1000'],
    ['the later one asks no more', [1000, undefined], '1000', '4096', '1000'],
    ['the later one asks no more, and the earlier one for another value', [1001, undefined], '1001', '4096', '1001'],
    ['the earlier one asks no more', [undefined, 2000], '2000', '2000', '4096'],
    ['nobody asks any more', [undefined, undefined], '4096', '4096', '4096'],
  ])('%s: each DEL leaves the value of the one that lives', (_, now, applied, withoutFirst, withoutSecond) => {
    const left = ([0, 1] as const).map((gone) => {
      const node = nodeOf([1000, 2000], now)
      node.type('apply', '--all')
      const afterApply = node.now()
      expect([node.ask('CHECK', 0).stdout, node.ask('CHECK', 1).stdout]).toEqual(['', ''])
      expect(node.ask('DEL', gone).exitCode).toBe(0)
      const afterOne = node.now()
      const other = gone === 0 ? 1 : 0
      expect(node.ask('CHECK', other).stdout).toBe('')
      expect(node.ask('DEL', other).exitCode).toBe(0)
      return [afterApply, afterOne, node.now()]
    })
    expect(left).toEqual([
      [applied, withoutFirst, '4096'],
      [applied, withoutSecond, '4096'],
    ])
  })

  test('an earlier network gets its new value with the next apply after the later one is gone', () => {
    const node = nodeOf([1000, 2000], [1001, 2000])
    node.type('apply', '--all')
    node.ask('DEL', 1)
    node.remove('/var/lib/cni/results/net2-c1-eth0')
    expect(node.type('apply', '--all').stdout).toContain('net.core.somaxconn set: 1000 -> 1001\n')
    node.ask('DEL', 0)
    expect(node.now()).toBe('4096')
  })

  test('tells of the earlier one first, though it comes second', () => {
    const { stdout } = nodeOf([1000, 2000], [1001, undefined]).type('apply', '--all')
    expect(stdout).toBe(`c1 (network net1, eth0)
    net.core.somaxconn set: 1000 -> 1001
c1 (network net2, eth0)
    net.core.somaxconn put back, not asked for any more: 2000 -> 1000
2 attachments: 2 changed, 0 as they are
`)
  })
})

test.each([0, 1] as const)('an ADD that is done again is the last one; the DEL of number %i comes first', (gone) => {
  const node = nodeOf([1000, 2000], [1000, 2000])
  expect(node.ask('ADD', 0).exitCode).toBe(0)
  expect(node.now()).toBe('1000')
  node.ask('DEL', gone)
  expect(node.now()).toBe(gone === 0 ? '2000' : '1000')
  node.ask('DEL', gone === 0 ? 1 : 0)
  expect(node.now()).toBe('4096')
})
