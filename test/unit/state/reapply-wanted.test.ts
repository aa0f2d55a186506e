import { describe, expect, test } from 'vitest'
import { parseSysctlKey } from '../../../plugin/sysctl/key.ts'
import { createSysctlSubject } from '../../../plugin/sysctl/subject.ts'
import { problemsOf } from '../../helpers/errors.ts'
import { refuse } from '../../helpers/fake-os.ts'
import { containerWith, entryOf, NOTHING, recordOf } from '../../helpers/reapplying.ts'
import { DATA_DIR } from '../../helpers/requests.ts'

const OWN = recordOf([entryOf('x', '1', '2')])

describe('apply sets a value', () => {
  test('that is asked for and has another value, and records only what it found there', () => {
    const container = containerWith({ x: '1', y: '4' }, [])
    expect(container.apply({ x: 2, y: 4 })).toEqual({ ...NOTHING, set: ['x 1 -> 2'] })
    expect(container.recordOf('eth0')).toEqual(
      recordOf([entryOf('x', '1', '2'), entryOf('y', '4', '4')], { applied: true }),
    )
    expect(container.os.writes.filter((each) => each.includes('/sys/'))).toHaveLength(2)
  })

  test('that an earlier apply has set, whatever the first ADD had set', () => {
    const container = containerWith({ x: '2' }, [OWN])
    const formerly = new Map([['net.a.x', '8']])
    expect(container.apply({ x: 3 }, { formerly })).toEqual({ ...NOTHING, set: ['x 2 -> 3'] })
  })

  test('that a process which was killed has recorded and not written', () => {
    const container = containerWith({ x: '1' }, [OWN])
    expect(container.apply({ x: 2 })).toEqual({ ...NOTHING, set: ['x 1 -> 2'] })
    expect(container.valueOf('x')).toBe('2')
  })

  test('that cannot be read, every time', () => {
    const container = containerWith({ flush: { text: '', mode: 0o200 } }, [])
    const formerly = new Map([['net.a.flush', '1']])
    expect(container.apply({ flush: 1 }, { formerly })).toEqual({ ...NOTHING, set: ['flush undefined -> 1'] })
  })

  test('and records that one was not written which may fail', () => {
    const container = containerWith({ x: '1', y: { text: '4\n', accept: () => refuse('EINVAL') } }, [])
    container.apply({ x: 2, '-y': 5 })
    expect(container.recordOf('eth0')?.entries).toEqual([entryOf('x', '1', '2')])
  })

  test('and records what the kernel has made of it', () => {
    const container = containerWith({ x: { text: '1\n', accept: () => '7\n' } }, [])
    container.apply({ x: 2 })
    expect(container.recordOf('eth0')?.entries).toEqual([entryOf('x', '1', '2', { kept: '7' })])
  })

  test("instead of the node's that the kernel refuses, which is recorded before it is written", () => {
    const recorded: unknown[] = []
    const container = containerWith({}, [], {})
    const file = (text: string) => {
      if (text === '6\n') return refuse('EINVAL')
      recorded.push(container.recordOf('eth0')?.entries)
      return text
    }
    const inside = container.os.state.trees.get('/run/netns/c1')
    inside?.set('/proc/sys/net/a/x', { text: '1\n', accept: file })
    const subject = createSysctlSubject(parseSysctlKey('net.a.x'))
    const instead = { subject, value: '5', origin: 'network', onFailure: 'fail' } as const
    container.apply([{ subject, value: '6', origin: 'host', onFailure: 'skip', instead }])
    expect([container.valueOf('x'), recorded]).toEqual(['5', [[entryOf('x', '1', '5')]]])
    expect(container.recordOf('eth0')?.entries).toEqual([entryOf('x', '1', '5')])
  })
})

describe('apply leaves a value', () => {
  test.each([
    ['its record', [OWN], new Map()],
    ['the request', [], new Map([['net.a.x', '2']])],
  ])('that somebody has changed since ADD, which %s tells', (_, records, formerly) => {
    const container = containerWith({ x: '5' }, records)
    expect(container.apply({ x: 3 }, { formerly })).toEqual({ ...NOTHING, left: ['x 5 -> 3'] })
    expect(container.apply({ x: 3 }, { formerly, isForced: true })).toEqual({ ...NOTHING, set: ['x 5 -> 3'] })
  })

  test('that somebody has changed to what is asked for now, and records it', () => {
    const container = containerWith({ x: '3' }, [OWN])
    expect(container.apply({ x: 3 })).toEqual(NOTHING)
    expect(container.recordOf('eth0')?.entries).toEqual([entryOf('x', '3', '3', { putBack: '1' })])
  })
})

describe('apply writes nothing at all', () => {
  test.each([
    ['where everything is as asked for and recorded', { x: 2 }, { x: '2' }, [OWN]],
    ['where nothing is asked for or recorded', {}, { x: '1' }, []],
  ])('%s', (_, asked, values, records) => {
    const container = containerWith(values, records)
    const before = [...container.os.state.shared]
    expect(container.apply(asked)).toEqual(NOTHING)
    expect(container.os.writes).toEqual([])
    if (records.length > 0) expect([...container.os.state.shared]).toEqual(before)
    else expect(container.os.list(DATA_DIR)).toEqual([])
  })

  test.each([[[]], [[OWN]]])('in a dry run, with the records %j', (records) => {
    const container = containerWith({ x: '2' }, records)
    const before = [...container.os.state.shared]
    expect(container.apply({ x: 3 }, { isDryRun: true })).toEqual({ ...NOTHING, set: ['x 2 -> 3'] })
    expect([container.os.writes, [...container.os.state.shared]]).toEqual([[], before])
  })

  test('where only one of two values is recorded that are as asked for, but the record', () => {
    for (const values of [
      { x: 2, y: 4 },
      { y: 4, x: 2 },
    ]) {
      const container = containerWith({ x: '2', y: '4' }, [OWN])
      expect(container.apply(values)).toEqual(NOTHING)
      expect(
        container
          .recordOf('eth0')
          ?.entries.map(({ id }) => id)
          .sort(),
      ).toEqual(['net.a.x', 'net.a.y'])
    }
  })

  test('where two entries of one chain have set values, and tells what to do', () => {
    const container = containerWith({ x: '2' }, [OWN, { ...OWN, part: 2 }])
    expect(problemsOf(() => container.apply({ x: 3 }))).toEqual([
      {
        code: 7,
        msg: 'the values of this container were set by 2 entries of one chain',
        details: 'make them one entry, and restart the container',
      },
    ])
    expect(container.os.writes).toEqual([])
  })
})
