import { describe, expect, test } from 'vitest'
import { refuse } from '../../helpers/fake-os.ts'
import { containerWith, entryOf, NOTHING, recordOf } from '../../helpers/reapplying.ts'
import { CONTAINER } from '../../helpers/requests.ts'

const OWN = recordOf([entryOf('x', '1', '2'), entryOf('y', '3', '4')])
const REFUSING = { text: '4\n', accept: () => refuse('EINVAL') }

describe('apply, of what is not asked for any more,', () => {
  test('puts back what is as ADD has left it, and forgets it', () => {
    const container = containerWith({ x: '2', y: '4' }, [OWN])
    expect(container.apply({ x: 2 })).toEqual({ ...NOTHING, putBack: ['y 4 -> 3'] })
    expect(container.recordOf('eth0')?.entries).toEqual([entryOf('x', '2', '2', { putBack: '1' })])
    expect(container.valueOf('y')).toBe('3')
  })

  test.each([
    ['what somebody has changed since', '7'],
    ['what is put back already', '3'],
    ['what cannot be read any more', { text: '', mode: 0o200 }],
  ])('leaves %s, and forgets it', (_, y) => {
    const container = containerWith({ x: '2', y }, [OWN])
    expect(container.apply({ x: 2 })).toEqual(NOTHING)
    expect(container.recordOf('eth0')?.entries.map(({ id }) => id)).toEqual(['net.a.x'])
    expect(container.os.writes.filter((each) => each.includes('/a/y'))).toEqual([])
  })

  test('forgets a sysctl that is gone, with its interface', () => {
    const container = containerWith({ x: '2' }, [OWN])
    expect(container.apply({ x: 2 })).toEqual(NOTHING)
    expect(container.recordOf('eth0')?.entries.map(({ id }) => id)).toEqual(['net.a.x'])
  })

  test.each([
    ['cannot be read', 'net.a.y', { text: '4\n', readFails: 'EIO' }],
    ['the kernel refuses to put back', 'net.a.y', REFUSING],
    ['this version cannot set', 'link:eth0:speed', '4'],
    ['is no sysctl', 'kernel.core_pattern', '4'],
  ])('tells of one that %s, and keeps it for DEL', (_, id, y) => {
    const entry = entryOf('y', '3', '4', { id })
    const container = containerWith({ x: '2', y }, [recordOf([entryOf('x', '1', '2'), entry])])
    expect(container.apply({ x: 2 })).toEqual({ ...NOTHING, stuck: [id] })
    expect(container.recordOf('eth0')?.entries).toEqual([entry, entryOf('x', '2', '2', { putBack: '1' })])
    expect(container.apply({}).stuck).toEqual([id])
  })

  test('puts back one that is refused until another is there, as DEL does', () => {
    const entries = [entryOf('low', '1', '8'), entryOf('high', '3', '9')]
    const container = containerWith({ low: '8' }, [recordOf(entries)])
    const accept = (text: string) => (container.valueOf('low') === '1' ? text : refuse('EINVAL'))
    container.os.state.trees.get(CONTAINER)?.set('/proc/sys/net/a/high', { text: '9\n', accept })
    expect(container.apply({})).toEqual({ ...NOTHING, putBack: ['high 9 -> 3', 'low 8 -> 1'] })
    expect([container.valueOf('low'), container.valueOf('high'), container.os.stderr()]).toEqual(['1', '3', ''])
  })

  test('puts back the others, if one is refused', () => {
    const container = containerWith({ x: '2', y: REFUSING }, [OWN])
    expect(container.apply({})).toEqual({ ...NOTHING, putBack: ['x 2 -> 1'], stuck: ['net.a.y'] })
    expect(container.recordOf('eth0')?.entries).toEqual([entryOf('y', '3', '4')])
    expect(container.os.stderr()).toBe('netns-sysctl: net.a.y: not put back (EINVAL)\n')
  })
})
