import { describe, expect, test } from 'vitest'
import { choosePart, findOwn, findParts, findSiblings } from '../../../plugin/state/find.ts'
import type { UndoRecord } from '../../../plugin/state/record.ts'

const PLACE = { network: 'net1', containerId: 'c1', ifName: 'eth0', entry: 'chained' } as const
const NETNS = { id: '4:1', cookie: '7', bootId: 'b' }
const OTHER_NETNS = { ...NETNS, cookie: '8' }

function recordOf(changes: Partial<UndoRecord> = {}): UndoRecord {
  return { ...PLACE, netns: NETNS, netnsPath: '', sequence: 1, entries: [], ...changes }
}

describe('the records of a place in a chain', () => {
  test('are in the order of the ADDs', () => {
    const [first, second, third] = [
      recordOf({ sequence: 9 }),
      recordOf({ part: 3, sequence: 10 }),
      recordOf({ part: 2, sequence: 11 }),
    ]
    expect(findParts([third, first, second], PLACE, NETNS)).toEqual([first, second, third])
  })

  test('are not those of another place', () => {
    const others = [{ network: 'net2' }, { containerId: 'c2' }, { ifName: 'eth1' }, { entry: 'first' }] as const
    expect(findParts([recordOf(), ...others.map(recordOf)], PLACE, NETNS)).toEqual([recordOf()])
  })

  test('may be of any netns: that of the attachment may be gone', () => {
    const gone = recordOf({ netns: OTHER_NETNS })
    expect(findParts([gone], PLACE, NETNS)).toEqual([gone])
    expect(findParts([gone], PLACE, undefined)).toEqual([gone])
  })
})

describe('where the network was renamed', () => {
  const old = { network: 'old' }

  test('they are those of the same interface, in the order of the ADDs', () => {
    const [first, second] = [recordOf({ ...old, sequence: 1 }), recordOf({ ...old, part: 2, sequence: 2 })]
    expect(findParts([second, first], PLACE, NETNS)).toEqual([first, second])
  })

  test.each([
    ['the interface is another one', { ...old, ifName: 'eth1' }],
    ['the place in the chain is another one', { ...old, entry: 'first' as const }],
    ['the netns is another one', { ...old, netns: OTHER_NETNS }],
  ])('there are none if %s', (_, changes) => {
    expect(findParts([recordOf(changes)], PLACE, NETNS)).toEqual([])
  })

  test('there are none if they may be of two networks', () => {
    expect(findParts([recordOf(old), recordOf({ network: 'older' })], PLACE, NETNS)).toEqual([])
  })

  test('there are none if the netns is unknown', () => {
    expect(findParts([recordOf(old)], PLACE, undefined)).toEqual([])
  })

  test('they count only if there is none of the new name', () => {
    expect(findParts([recordOf(old), recordOf()], PLACE, NETNS)).toEqual([recordOf()])
  })
})

const MINE = recordOf({ part: 2, asked: { mtu: 1 } })
const OTHERS = recordOf({ asked: { mtu: 2 } })
/** Of an older version, which did not write what was asked. */
const NOBODYS = recordOf({ part: 3 })

describe('the record of the entry that asks something', () => {
  test.each([
    ['is the one that asks the same', [OTHERS, NOBODYS, MINE], MINE],
    ['else is the one that does not tell', [OTHERS, NOBODYS], NOBODYS],
    ['is none of those that ask something else', [OTHERS], undefined],
    ['is none if there is none', [], undefined],
  ])('%s', (_, parts, own) => {
    expect(findOwn(parts, { mtu: 1 })).toBe(own)
  })
})

describe('the number of its record', () => {
  test.each([
    ['is that of its own', [OTHERS, MINE], { ...PLACE, part: 2 }],
    ['is none for the first', [recordOf({ asked: { mtu: 1 } })], PLACE],
    ['is none if there is no other', [], PLACE],
    ['is none if the first has gone', [recordOf({ part: 2, asked: { mtu: 2 } })], PLACE],
    ['is the first that is free', [OTHERS, recordOf({ part: 3, asked: { mtu: 3 } })], { ...PLACE, part: 2 }],
    ['is behind all others', [OTHERS, recordOf({ part: 2, asked: { mtu: 3 } })], { ...PLACE, part: 3 }],
  ])('%s', (_, parts, place) => {
    expect(choosePart(parts, PLACE, { mtu: 1 })).toStrictEqual(place)
  })
})

test('the siblings are all other records of the netns', () => {
  const siblings = [recordOf({ part: 2 }), recordOf({ ifName: 'eth1' }), recordOf({ entry: 'first' })]
  const strangers = [recordOf({ ifName: 'eth2', netns: OTHER_NETNS }), recordOf({ netns: OTHER_NETNS })]
  expect(findSiblings([recordOf(), ...siblings, ...strangers], PLACE, NETNS)).toEqual(siblings)
})
