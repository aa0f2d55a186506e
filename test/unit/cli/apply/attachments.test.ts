import { describe, expect, test } from 'vitest'
import type { Failure } from '../../../helpers/failing-os.ts'
import { forEachFaultOfApply } from '../../../helpers/faults-of-apply.ts'
import { type Asked, nodeOfTwo } from '../../../helpers/two-networks.ts'

// Two networks of one container, which ask for the same sysctl. The second one was added later.

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
      const node = nodeOfTwo([1000, 2000], now)
      node.type('apply', '--all')
      const afterApply = node.somaxconn()
      expect([node.ask('CHECK', 0).stdout, node.ask('CHECK', 1).stdout]).toEqual(['', ''])
      expect(node.ask('DEL', gone).exitCode).toBe(0)
      const afterOne = node.somaxconn()
      const other = gone === 0 ? 1 : 0
      expect(node.ask('CHECK', other).stdout).toBe('')
      expect(node.ask('DEL', other).exitCode).toBe(0)
      return [afterApply, afterOne, node.somaxconn()]
    })
    expect(left).toEqual([
      [applied, withoutFirst, '4096'],
      [applied, withoutSecond, '4096'],
    ])
  })

  test('an earlier network gets its new value with the next apply after the later one is gone', () => {
    const node = nodeOfTwo([1000, 2000], [1001, 2000])
    node.type('apply', '--all')
    node.ask('DEL', 1)
    node.remove('/var/lib/cni/results/net2-c1-eth0')
    expect(node.type('apply', '--all').stdout).toContain('net.core.somaxconn set: 1000 -> 1001\n')
    node.ask('DEL', 0)
    expect(node.somaxconn()).toBe('4096')
  })

  test('tells of the earlier one first, though it comes second', () => {
    const { stdout } = nodeOfTwo([1000, 2000], [1001, undefined]).type('apply', '--all')
    expect(stdout).toBe(`c1 (network net1, eth0)
    net.core.somaxconn set: 1000 -> 1001
c1 (network net2, eth0)
    net.core.somaxconn put back, not asked for any more: 2000 -> 1000
2 attachments: 2 changed, 0 as they are
`)
  })
})

test.each([0, 1] as const)('an ADD that is done again is the last one; the DEL of number %i comes first', (gone) => {
  const node = nodeOfTwo([1000, 2000], [1000, 2000])
  expect(node.ask('ADD', 0).exitCode).toBe(0)
  expect(node.somaxconn()).toBe('1000')
  node.ask('DEL', gone)
  expect(node.somaxconn()).toBe(gone === 0 ? '2000' : '1000')
  node.ask('DEL', gone === 0 ? 1 : 0)
  expect(node.somaxconn()).toBe('4096')
})

describe('apply to two networks that fails or is killed at any call', () => {
  const WAYS: readonly Failure[] = [
    { kind: 'kill' },
    { kind: 'error', errno: 'EIO', isDone: false },
    { kind: 'error', errno: 'EIO', isDone: true },
  ]

  test.each<[what: string, now: Asked]>([
    ['the later one asks for another value', [1000, 2001]],
    ['the later one asks no more, and the earlier one for another value', [1001, undefined]],
    ['the earlier one asks no more', [undefined, 2000]],
  ])('%s: the DEL of both puts back the value of before', (_, now) => {
    for (const gone of [0, 1] as const) {
      forEachFaultOfApply(
        () => nodeOfTwo([1000, 2000], now),
        WAYS,
        (node, _exitCode, fault) => {
          for (const index of [gone, gone === 0 ? 1 : 0] as const) node.ask('DEL', index)
          const records = [...node.state.shared.keys()].filter((path) => path.endsWith('eth0.json'))
          const what = `${fault}; the DEL of ${gone} first`
          expect({ what, value: node.somaxconn(), records }).toEqual({ what, value: '4096', records: [] })
        },
      )
    }
  })
})
