import { describe, expect, test } from 'vitest'
import type { Write } from '../../../plugin/plan/plan.ts'
import type { Target } from '../../../plugin/plan/target.ts'
import type { UndoEntry, UndoRecord } from '../../../plugin/state/record.ts'
import {
  amendRecord,
  createRecord,
  isOfLink,
  planUndoing,
  replaceEntry,
  subjectOf,
} from '../../../plugin/state/undo.ts'
import { parseSysctlKey } from '../../../plugin/sysctl/key.ts'
import { createSysctlSubject } from '../../../plugin/sysctl/subject.ts'
import { problemsOf } from '../../helpers/errors.ts'

const ATTACHMENT = { network: 'net1', containerId: 'c1', ifName: 'eth0', entry: 'chained' } as const
const NETNS = { id: '4:1', cookie: '7', bootId: 'b' }
const HEAD = { ...ATTACHMENT, netns: NETNS, netnsPath: '/run/netns/c1' }

function writeOf(name: string, value: string, origin: Write['origin'] = 'network'): Write {
  return { subject: createSysctlSubject(parseSysctlKey(name)), value, origin, onFailure: 'fail' }
}

function targetOf(name: string, before: string | undefined, after: string, origin?: Write['origin']): Target {
  return { write: writeOf(name, after, origin), before }
}

function entryOf(id: string, found: string, after: string, inherited = false, putBack = found): UndoEntry {
  return { id, found, putBack, after, inherited }
}

function recordOf(entries: readonly UndoEntry[], changes: Partial<UndoRecord> = {}): UndoRecord {
  return { ...HEAD, sequence: 1, entries, ...changes }
}

describe('a record', () => {
  test('has what was found and what is written, in this order, but for what has no value before', () => {
    const targets = [
      targetOf('net.a.x', '1', '2'),
      targetOf('net.ipv4.route.flush', undefined, '1'),
      targetOf('net.a.b', '3', '4', 'host'),
      targetOf('net.a.a', '', '5', 'annotation'),
    ]
    expect(createRecord(HEAD, targets, undefined, []).record).toEqual(
      recordOf([entryOf('net.a.x', '1', '2'), entryOf('net.a.b', '3', '4', true), entryOf('net.a.a', '', '5')]),
    )
  })

  test.each([
    [[], 1],
    [[1], 2],
    [[3, 1], 4],
  ])('beside siblings with the numbers %j has the number %i', (numbers, sequence) => {
    const siblings = numbers.map((number) => recordOf([], { ifName: `eth${number}`, sequence: number }))
    expect(createRecord(HEAD, [], undefined, siblings).record.sequence).toBe(sequence)
  })

  test('of an ADD that is tried again keeps what is to be put back, and has what was found now', () => {
    const earlier = recordOf([entryOf('net.a.x', '1', '2'), entryOf('net.a.gone', '7', '8')])
    const targets = [targetOf('net.a.x', '2', '3'), targetOf('net.a.y', '4', '5')]
    expect(createRecord(HEAD, targets, earlier, [])).toEqual({
      record: recordOf([
        entryOf('net.a.gone', '7', '8'),
        entryOf('net.a.x', '2', '3', false, '1'),
        entryOf('net.a.y', '4', '5'),
      ]),
      siblings: [],
    })
  })

  test('of an ADD that is tried again after a later attachment leaves to that one what is to be put back', () => {
    const earlier = recordOf([entryOf('net.a.x', '1', '2'), entryOf('net.a.y', '7', '8')])
    const later = recordOf([entryOf('net.a.x', '2', '3')], { ifName: 'eth1', sequence: 2 })
    expect(createRecord(HEAD, [targetOf('net.a.x', '3', '4')], earlier, [later])).toEqual({
      record: recordOf([entryOf('net.a.y', '7', '8'), entryOf('net.a.x', '3', '4')], { sequence: 3 }),
      siblings: [{ ...later, entries: [entryOf('net.a.x', '2', '3', false, '1')] }],
    })
  })

  test('is told what the kernel made of the values', () => {
    const record = recordOf([entryOf('net.a.x', '1', '2'), entryOf('net.a.y', '3', '4')])
    expect(amendRecord(record, [], [{ write: writeOf('net.a.y', '4'), after: '9' }])).toEqual(
      recordOf([entryOf('net.a.x', '1', '2'), { ...entryOf('net.a.y', '3', '4'), kept: '9' }]),
    )
  })

  test.each(['network', 'host'] as const)('is told that the value of %s is written instead of another', (origin) => {
    const record = recordOf([entryOf('net.a.x', '1', '2'), entryOf('net.a.y', '3', '4', true)])
    expect(replaceEntry(record, writeOf('net.a.y', '9', origin))).toEqual(
      recordOf([entryOf('net.a.x', '1', '2'), entryOf('net.a.y', '3', '9', origin === 'host')]),
    )
  })

  test('keeps what was not written in the end, if it was written by an earlier ADD', () => {
    const record = recordOf([entryOf('net.a.x', '2', '3', false, '1')])
    expect(amendRecord(record, [targetOf('net.a.x', '2', '3')], [])).toEqual(
      recordOf([{ ...entryOf('net.a.x', '2', '3', false, '1'), kept: '2' }]),
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
      { ...later, entries: [entryOf('net.a.w', 'other', 'own'), entryOf('net.a.y', '4', 'own', false, '3')] },
    ])
  })

  test('what a later one has found as the kernel had made it is taken over too', () => {
    const [x] = record.entries
    const kept = { ...record, entries: [{ ...(x as UndoEntry), kept: '9' }] }
    const later = { ...ofSibling(2, []), entries: [entryOf('net.a.x', '9', 'own')] }
    expect(planUndoing(kept, [later]).siblings).toEqual([
      { ...later, entries: [entryOf('net.a.x', '9', 'own', false, '1')] },
    ])
  })

  test('one that was killed before it wrote hands on what it had found', () => {
    const killed = recordOf([entryOf('net.a.x', '2', '3', false, '1')])
    const later = { ...ofSibling(2, []), entries: [entryOf('net.a.x', '2', 'own')] }
    expect(planUndoing(killed, [later]).siblings).toEqual([
      { ...later, entries: [entryOf('net.a.x', '2', 'own', false, '1')] },
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
    expect(siblings.map(({ ifName, entries }) => [ifName, entries.map(({ putBack }) => putBack)])).toEqual([
      ['eth3', ['2', '3']],
      ['eth2', ['1']],
    ])
  })

  test('one that found something else than this one had left keeps that', () => {
    const later = { ...ofSibling(2, []), entries: [entryOf('net.a.x', '9', 'own')] }
    const { restore, siblings } = planUndoing(record, [later])
    expect([restore.map(({ id }) => id), siblings]).toEqual([['net.a.z', 'net.a.y'], []])
  })

  test('one that found something else keeps that, whatever it found of another sysctl', () => {
    const later = { ...ofSibling(2, []), entries: [entryOf('net.a.w', '2', 'own'), entryOf('net.a.x', '9', 'own')] }
    expect(planUndoing(record, [later]).siblings).toEqual([])
  })

  test('siblings are told apart, whatever they are called', () => {
    const second = ofSibling(2, ['net.a.x'], { ifName: 'eth1', network: 'net' })
    const third = ofSibling(3, ['net.a.y'], { ifName: 'eth', network: '1net' })
    expect(planUndoing(record, [second, third]).siblings).toEqual([
      { ...third, entries: [entryOf('net.a.y', '4', 'own', false, '3')] },
      { ...second, entries: [entryOf('net.a.x', '2', 'own', false, '1')] },
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
