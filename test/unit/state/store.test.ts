import { describe, expect, test } from 'vitest'
import { OsError } from '../../../plugin/os/os.ts'
import { closeContainer, findContainer, lockContainer } from '../../../plugin/state/container.ts'
import { formatRecord, type UndoRecord } from '../../../plugin/state/record.ts'
import { loadRecords, removeRecord, saveRecord } from '../../../plugin/state/store.ts'
import { errorOf, problemsOf } from '../../helpers/errors.ts'
import { createFakeOs, type FakeFiles, type FakeMachine } from '../../helpers/fake-os.ts'
import { NODE_FILES } from '../../helpers/requests.ts'

const DIR = '/run/cni/netns-sysctl'
const FOLDER = `${DIR}/containers/c1`
const ATTACHMENT = { network: 'net1', containerId: 'c1', ifName: 'eth0', entry: 'chained' } as const
const PATH = `${FOLDER}/net1@eth0.json`
const FLAT = `${DIR}/net1@c1@eth0.json`

function recordOf(changes: Partial<UndoRecord> = {}): UndoRecord {
  const netns = { id: '4:1', cookie: '7', bootId: 'b' }
  return { ...ATTACHMENT, netns, netnsPath: '/run/netns/c1', sequence: 1, entries: [], ...changes }
}

function open(files: FakeFiles, machine: FakeMachine = {}) {
  const os = createFakeOs({ files: { ...NODE_FILES, ...files }, ...machine })
  return { os, container: lockContainer(os, DIR, 'c1') }
}

describe('the folder of a container', () => {
  test('is made, and goes with its last record', () => {
    const { os, container } = open({})
    saveRecord(os, container, recordOf())
    closeContainer(os, container)
    expect(os.list(`${DIR}/containers`)).toEqual([{ name: 'c1', isDirectory: true }])
    const again = lockContainer(os, DIR, 'c1')
    removeRecord(os, again, ATTACHMENT)
    closeContainer(os, again)
    expect(os.list(DIR)).toEqual([])
  })

  test('goes with what a killed process has left in it', () => {
    const { os, container } = open({ [`${FOLDER}/.7-0.netns-sysctl~`]: '{"plu' })
    closeContainer(os, container)
    expect(os.list(DIR)).toEqual([])
  })

  test('stays while there is anything else in it', () => {
    const { os, container } = open({ [`${FOLDER}/other`]: '' })
    closeContainer(os, container)
    expect(os.list(FOLDER)).toEqual([{ name: 'other', isDirectory: false }])
  })

  test('is not made for a container that has no records', () => {
    const os = createFakeOs({ files: { [`${DIR}/containers/c2/net1@eth0.json`]: '' } })
    expect(findContainer(os, DIR, 'c1')).toBe(undefined)
    expect(findContainer(createFakeOs({}), DIR, 'c1')).toBe(undefined)
    expect(os.list(`${DIR}/containers`)).toHaveLength(1)
  })

  test('is made for a container that has a record of version 1', () => {
    const os = createFakeOs({ files: { [FLAT]: '' } })
    expect(findContainer(os, DIR, 'c1')).toMatchObject({ id: 'c1', flatNames: ['net1@c1@eth0.json'] })
  })

  test('is waited for, no longer than was told', () => {
    const os = createFakeOs({ files: { [PATH]: '' }, locked: [FOLDER] })
    expect(problemsOf(() => findContainer(os, DIR, 'c1', 50))).toMatchObject([{ code: 11 }])
    expect(os.slept()).toBeLessThan(100)
  })

  test('that was removed before it was locked is made again', () => {
    const os = createFakeOs({})
    let isFirst = true
    const isStillAt = () => {
      if (!isFirst) return true
      isFirst = false
      os.state.shared.delete(FOLDER)
      return false
    }
    const container = lockContainer({ ...os, isStillAt }, DIR, 'c1')
    expect([isFirst, os.fileStatus(container.folder.path).kind]).toEqual([false, 'directory'])
  })

  test('that always is removed at once is a failure', () => {
    const os = { ...createFakeOs({}), isStillAt: () => false }
    expect(errorOf(() => lockContainer(os, DIR, 'c1'))).toEqual(new OsError('EAGAIN', 'flock', FOLDER))
  })
})

describe('a record', () => {
  test('is saved, found and removed', () => {
    const { os, container } = open({})
    saveRecord(os, container, recordOf())
    expect(loadRecords(os, container)).toEqual([recordOf()])
    removeRecord(os, container, ATTACHMENT)
    expect(loadRecords(os, container)).toEqual([])
    removeRecord(os, container, ATTACHMENT)
  })

  test.each([
    ['truncated', formatRecord(recordOf()).slice(0, 30)],
    ['empty', ''],
    ['of another version', formatRecord(recordOf()).replace('"version":2', '"version":3')],
    ['of another attachment', formatRecord(recordOf({ containerId: 'c2' }))],
  ])('that is %s is not used, and that is logged', (_, text) => {
    const { os, container } = open({ [PATH]: text })
    expect(loadRecords(os, container)).toEqual([])
    expect(os.stderr()).toBe(
      `netns-sysctl: ${PATH}: is not an undo record of this version and attachment, so it is not used\n`,
    )
  })

  test('that cannot be read is a failure', () => {
    const { os, container } = open({ [PATH]: { text: '', readFails: 'EIO' } })
    expect(errorOf(() => loadRecords(os, container))).toEqual(new OsError('EIO', 'read', PATH))
  })

  test('that is not a regular file is a failure', () => {
    const { os, container } = open({ [PATH]: { text: '', kind: 'other' } })
    expect(errorOf(() => loadRecords(os, container))).toMatchObject({ errno: 'EINVAL', path: PATH })
  })

  test('is one of all that the container has, and no other file is', () => {
    const { os, container } = open({ [`${FOLDER}/other`]: 'x', [`${DIR}/containers/c2/net1@eth0.json`]: 'x' })
    const records = [recordOf(), recordOf({ ifName: 'eth1' }), recordOf({ entry: 'first' })]
    for (const record of records) saveRecord(os, container, record)
    expect(loadRecords(os, container)).toHaveLength(3)
    expect([loadRecords(os, container), os.stderr()]).toEqual([expect.arrayContaining(records), ''])
  })
})

describe('a record of version 1', () => {
  const entries = [{ id: 'net.a.x', before: '1', after: '2', inherited: false }]
  const first = { plugin: 'netns-sysctl', version: 1, ...ATTACHMENT, netns: '4:1', sequence: 1, entries }
  const text = JSON.stringify(first)

  test.each([
    ['younger', 999, 'boot 1'],
    ['not younger', 1000, ''],
    ['older', 1001, ''],
  ])('that is %s than the boot is of this one: %s', (_, age, bootId) => {
    const { os, container } = open({ [FLAT]: { text, age } })
    expect(loadRecords(os, container)).toMatchObject([{ netns: { id: '4:1', bootId }, entries: [{ putBack: '1' }] }])
  })

  test('is of another boot where nobody knows how old this one is', () => {
    const { os, container } = open({ [FLAT]: { text, age: 1 } })
    os.state.shared.delete('/proc/uptime')
    expect(loadRecords(os, container)).toMatchObject([{ netns: { bootId: '' } }])
  })

  test('that cannot be used is logged with its path', () => {
    const { os, container } = open({ [FLAT]: '{' })
    expect([loadRecords(os, container), os.stderr()]).toEqual([
      [],
      `netns-sysctl: ${FLAT}: is not an undo record of this version and attachment, so it is not used\n`,
    ])
  })

  test('that is unfinished is not used, which is not worth a line on stderr', () => {
    const { os, container } = open({ [`${FLAT}.netns-sysctl~`]: '{' })
    expect([loadRecords(os, container), os.stderr()]).toEqual([[], ''])
  })

  test('gives way to the one that is saved in its place', () => {
    const { os, container } = open({ [FLAT]: { text } })
    saveRecord(os, container, recordOf({ sequence: 5 }))
    expect([loadRecords(os, container), os.state.shared.has(FLAT)]).toMatchObject([[{ sequence: 5 }], false])
  })

  test('is not used beside one that was saved before a process was killed, and goes with it', () => {
    const { os, container } = open({ [FLAT]: { text }, [PATH]: formatRecord(recordOf({ sequence: 5 })) })
    expect(loadRecords(os, container)).toMatchObject([{ sequence: 5 }])
    removeRecord(os, container, ATTACHMENT)
    expect([loadRecords(os, container), os.state.shared.has(FLAT)]).toEqual([[], false])
  })

  test('goes with the beginning of one', () => {
    const { os, container } = open({ [FLAT]: { text }, [`${FLAT}.netns-sysctl~`]: '{' })
    removeRecord(os, container, ATTACHMENT)
    closeContainer(os, container)
    expect(os.list(DIR)).toEqual([])
  })
  test.each([
    ['before the network plugin', { entry: 'first' as const }],
    ['of another entry at the same place', { part: 2 }],
    ['of another interface', { ifName: 'eth1' }],
    ['of another network', { network: 'net2' }],
  ])('stays if a record %s is saved and removed', (_, changes) => {
    const { os, container } = open({ [FLAT]: { text } })
    saveRecord(os, container, recordOf(changes))
    removeRecord(os, container, recordOf(changes))
    expect(loadRecords(os, container)).toMatchObject([ATTACHMENT])
  })
})
