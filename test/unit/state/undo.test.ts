import { describe, expect, test } from 'vitest'
import type { Write } from '../../../plugin/plan/plan.ts'
import type { Target } from '../../../plugin/plan/target.ts'
import type { UndoEntry, UndoRecord } from '../../../plugin/state/record.ts'
import { amendRecord, createRecord, isOfLink, planUndoing, subjectOf } from '../../../plugin/state/undo.ts'
import { parseSysctlKey } from '../../../plugin/sysctl/key.ts'
import { createSysctlSubject } from '../../../plugin/sysctl/subject.ts'
import { problemsOf } from '../../helpers/errors.ts'

const ATTACHMENT = { network: 'net1', containerId: 'c1', ifName: 'eth0' }
const NETNS = '4:1'

function writeOf(name: string, value: string, origin: Write['origin'] = 'network'): Write {
  return { subject: createSysctlSubject(parseSysctlKey(name)), value, origin, onFailure: 'fail' }
}

function targetOf(name: string, before: string | undefined, after: string, origin?: Write['origin']): Target {
  return { write: writeOf(name, after, origin), before }
}

function entryOf(id: string, before: string, after: string, inherited = false): UndoEntry {
  return { id, before, after, inherited }
}

function recordOf(entries: readonly UndoEntry[], changes: Partial<UndoRecord> = {}): UndoRecord {
  return { ...ATTACHMENT, netns: NETNS, sequence: 1, entries, ...changes }
}

describe('a record', () => {
  test('has what was found and what is written, in this order, but for what has no value before', () => {
    const targets = [
      targetOf('net.a.x', '1', '2'),
      targetOf('net.ipv4.route.flush', undefined, '1'),
      targetOf('net.a.b', '3', '4', 'host'),
      targetOf('net.a.a', '', '5', 'annotation'),
    ]
    expect(createRecord({ ...ATTACHMENT, ...{ other: 1 } }, NETNS, targets, undefined, [])).toEqual(
      recordOf([entryOf('net.a.x', '1', '2'), entryOf('net.a.b', '3', '4', true), entryOf('net.a.a', '', '5')]),
    )
  })

  test.each([
    [[], 1],
    [[1], 2],
    [[3, 1], 4],
  ])('beside siblings with the numbers %j has the number %i', (numbers, sequence) => {
    const siblings = numbers.map((number) => recordOf([], { ifName: `eth${number}`, sequence: number }))
    expect(createRecord(ATTACHMENT, NETNS, [], undefined, siblings).sequence).toBe(sequence)
  })

  test('of an ADD that is tried again keeps what was found first', () => {
    const earlier = recordOf([entryOf('net.a.x', '1', '2'), entryOf('net.a.gone', '7', '8')])
    const targets = [targetOf('net.a.x', '2', '3'), targetOf('net.a.y', '4', '5')]
    expect(createRecord(ATTACHMENT, NETNS, targets, earlier, []).entries).toEqual([
      entryOf('net.a.gone', '7', '8'),
      entryOf('net.a.x', '1', '3'),
      entryOf('net.a.y', '4', '5'),
    ])
  })

  test('of an earlier netns, whose container is gone, is forgotten', () => {
    const earlier = recordOf([entryOf('net.a.x', '1', '2'), entryOf('net.a.gone', '7', '8')], { netns: '4:9' })
    const record = createRecord(ATTACHMENT, NETNS, [targetOf('net.a.x', '5', '6')], earlier, [])
    expect(record).toEqual(recordOf([entryOf('net.a.x', '5', '6')]))
  })

  test('is told what the kernel made of the values', () => {
    const record = recordOf([entryOf('net.a.x', '1', '2'), entryOf('net.a.y', '3', '4')])
    expect(amendRecord(record, [], [{ write: writeOf('net.a.y', '4'), after: '9' }])).toEqual(
      recordOf([entryOf('net.a.x', '1', '2'), { ...entryOf('net.a.y', '3', '4'), kept: '9' }]),
    )
  })

  test('loses what was not written in the end', () => {
    const record = recordOf([entryOf('net.a.x', '1', '2'), entryOf('net.a.y', '3', '4')])
    expect(amendRecord(record, [targetOf('net.a.x', '1', '2')], [])).toEqual(recordOf([entryOf('net.a.y', '3', '4')]))
  })
})

describe('to undo an attachment', () => {
  const record = recordOf([entryOf('net.a.x', '1', '2'), entryOf('net.a.y', '3', '4'), entryOf('net.a.z', '5', '6')])
  const ofSibling = (sequence: number, ids: readonly string[], changes: Partial<UndoRecord> = {}) => {
    const left = new Map(record.entries.map(({ id, after }) => [id, after]))
    const entries = ids.map((id) => entryOf(id, left.get(id) ?? 'other', 'own'))
    return recordOf(entries, { ifName: `eth${sequence}`, sequence, ...changes })
  }

  test('everything is put back, in reverse order', () => {
    expect(planUndoing(record, [])).toEqual({ restore: [...record.entries].reverse(), siblings: [] })
  })

  test('what a later one has set too stays, and its record takes over what is to be put back', () => {
    const later = ofSibling(2, ['net.a.w', 'net.a.y'])
    const { restore, siblings } = planUndoing(record, [later])
    expect(restore.map(({ id }) => id)).toEqual(['net.a.z', 'net.a.x'])
    expect(siblings).toEqual([
      { ...later, entries: [entryOf('net.a.w', 'other', 'own'), entryOf('net.a.y', '3', 'own')] },
    ])
  })

  test('what an earlier one has set too is put back', () => {
    const earlier = ofSibling(1, ['net.a.y'])
    expect(planUndoing({ ...record, sequence: 2 }, [earlier])).toEqual(planUndoing(record, []))
  })

  test('the next of several later ones takes over, whatever order they are found in', () => {
    const third = ofSibling(3, ['net.a.x', 'net.a.y'])
    const second = ofSibling(2, ['net.a.x'])
    const { restore, siblings } = planUndoing(record, [third, second])
    expect(restore.map(({ id }) => id)).toEqual(['net.a.z'])
    expect(siblings.map(({ ifName, entries }) => [ifName, entries.map(({ before }) => before)])).toEqual([
      ['eth3', ['2', '3']],
      ['eth2', ['1']],
    ])
  })

  test('one that found something else than this one had left keeps that', () => {
    const later = { ...ofSibling(2, []), entries: [entryOf('net.a.x', '9', 'own')] }
    const { restore, siblings } = planUndoing(record, [later])
    expect([restore.map(({ id }) => id), siblings]).toEqual([['net.a.z', 'net.a.y'], [later]])
  })

  test('siblings are told apart, whatever they are called', () => {
    const second = ofSibling(2, ['net.a.x'], { ifName: 'eth1', network: 'net' })
    const third = ofSibling(3, ['net.a.y'], { ifName: 'eth', network: '1net' })
    expect(planUndoing(record, [second, third]).siblings).toEqual([
      { ...third, entries: [entryOf('net.a.y', '3', 'own')] },
      { ...second, entries: [entryOf('net.a.x', '1', 'own')] },
    ])
  })
})

describe('an entry', () => {
  test.each([
    ['net.core.somaxconn', false],
    ['net.ipv4.conf.eth0/100.rp_filter', false],
    ['link:eth0:mtu', true],
  ])('%s is found again, of the interface: %s', (id, isLink) => {
    expect([subjectOf(entryOf(id, '', '')).id, isOfLink(entryOf(id, '', ''))]).toEqual([id, isLink])
  })

  test.each(['../etc/passwd', 'kernel.core_pattern', 'net/../kernel/core_pattern', 'link:eth0:x', ''])(
    'that a record should not have leads nowhere: %j',
    (id) => {
      expect(problemsOf(() => subjectOf(entryOf(id, '', '')))).toHaveLength(1)
    },
  )
})
