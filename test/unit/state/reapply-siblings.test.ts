import { describe, expect, test } from 'vitest'
import { containerWith, entryOf, NOTHING, recordOf, siblingOf } from '../../helpers/reapplying.ts'

const OWN = recordOf([entryOf('x', '1', '2'), entryOf('y', '3', '4')])

describe('apply and a later attachment of the same container', () => {
  const later = siblingOf(2, [entryOf('x', '2', '9')])
  const newContainer = () => containerWith({ x: '9', y: '4', z: '5' }, [OWN, later])

  test.each([false, true])('leaves its values to it, forced: %s', (isForced) => {
    const container = newContainer()
    expect(container.apply({ x: 7, y: 6 }, { isForced })).toEqual({ ...NOTHING, set: ['y 4 -> 6'] })
    expect([container.valueOf('x'), container.valueOf('y')]).toEqual(['9', '6'])
  })

  test('keeps what it has set and still asks for, so that it is back when the later one goes', () => {
    const container = newContainer()
    expect(container.apply({ x: 2, z: 6 })).toEqual({ ...NOTHING, set: ['z 5 -> 6'], putBack: ['y 4 -> 3'] })
    const entries = [entryOf('x', '1', '2'), entryOf('z', '5', '6')]
    expect(container.recordOf('eth0')).toEqual({ ...OWN, applied: true, entries })
    expect(container.recordOf('eth2')).toEqual(later)
  })

  test('keeps its former value where it asks for another one: nobody knows whether the kernel accepts that', () => {
    const container = newContainer()
    container.apply({ x: 7, y: 6 })
    expect(container.recordOf('eth0')?.entries).toEqual([
      entryOf('x', '1', '2'),
      entryOf('y', '4', '6', { putBack: '3' }),
    ])
    expect(container.recordOf('eth2')).toEqual(later)
  })

  test('leaves its values to it, also when it is done again', () => {
    const container = newContainer()
    container.apply({ x: 2, y: 6 })
    expect(container.apply({ x: 7, y: 6 }, { isForced: true })).toEqual(NOTHING)
    expect(container.valueOf('x')).toBe('9')
  })

  test('hands it the value to put back if it does not ask for its own any more', () => {
    const container = newContainer()
    container.apply({ z: 6 })
    expect(container.recordOf('eth0')?.entries).toEqual([entryOf('z', '5', '6')])
    expect(container.recordOf('eth2')).toEqual({ ...later, entries: [entryOf('x', '2', '9', { putBack: '1' })] })
  })

  test('hands it those that are not asked for any more, and keeps the others', () => {
    const both = siblingOf(2, [entryOf('x', '2', '9'), entryOf('y', '4', '8')])
    const container = containerWith({ x: '9', y: '8', z: '5' }, [OWN, both])
    expect(container.apply({ x: 2, z: 6 })).toEqual({ ...NOTHING, set: ['z 5 -> 6'] })
    const entries = [entryOf('x', '2', '9'), entryOf('y', '4', '8', { putBack: '3' })]
    expect(container.recordOf('eth2')).toEqual({ ...both, entries })
    expect(container.recordOf('eth0')?.entries).toEqual([entryOf('x', '1', '2'), entryOf('z', '5', '6')])
  })

  test('puts back the others, and hands on, where nothing is asked for any more', () => {
    const container = newContainer()
    expect(container.apply({})).toEqual({ ...NOTHING, putBack: ['y 4 -> 3'] })
    expect(container.recordOf('eth0')).toMatchObject({ applied: true, sequence: 1, entries: [] })
    expect(container.recordOf('eth2')?.entries).toEqual([entryOf('x', '2', '9', { putBack: '1' })])
  })

  test('does not change the record of one that has other values', () => {
    const other = siblingOf(3, [entryOf('w', '1', '2')])
    const container = containerWith({ x: '9', y: '4', w: '2' }, [OWN, later, other])
    container.apply({ y: 6 })
    expect(container.recordOf('eth3')).toEqual(other)
    expect(container.os.writes.filter((each) => each.includes('eth3'))).toEqual([])
  })
})

test('apply sets the values of an earlier attachment, as an ADD would', () => {
  const container = containerWith({ x: '9' }, [siblingOf(1, [entryOf('x', '1', '9')]), recordOf([], { sequence: 2 })])
  expect(container.apply({ x: 7 })).toEqual({ ...NOTHING, set: ['x 9 -> 7'] })
  expect(container.recordOf('eth0')?.entries).toEqual([entryOf('x', '9', '7')])
})

test('apply for an attachment without a record sets what others have set, as an ADD would', () => {
  const sibling = siblingOf(1, [entryOf('x', '1', '9'), entryOf('y', '3', '4')])
  const container = containerWith({ x: '9', y: '4' }, [sibling])
  expect(container.apply({ x: 7 })).toEqual({ ...NOTHING, set: ['x 9 -> 7'] })
  expect(container.recordOf('eth0')).toEqual(recordOf([entryOf('x', '9', '7')], { sequence: 2, applied: true }))
  expect(container.recordOf('eth1')).toEqual(sibling)
})

test('apply puts nothing back for a record of a netns that is gone, and records what it sets', () => {
  const netns = { id: 'gone', cookie: 'of another', bootId: 'boot 1' }
  const container = containerWith({ x: '2', y: '4' }, [{ ...OWN, netns }])
  expect(container.apply({ x: 7 })).toEqual({ ...NOTHING, set: ['x 2 -> 7'] })
  expect(container.recordOf('eth0')?.entries).toEqual([entryOf('x', '2', '7')])
  expect(container.valueOf('y')).toBe('4')
})
