import { describe, expect, test } from 'vitest'
import { type Os, OsError } from '../../../plugin/os/os.ts'
import { listRecords, listRecordsOf } from '../../../plugin/state/listing.ts'
import { removeOrphan } from '../../../plugin/state/orphan.ts'
import { formatRecord, type UndoRecord } from '../../../plugin/state/record.ts'
import { errorOf } from '../../helpers/errors.ts'
import { createFakeOs, type FakeFiles, type FakeMachine, type FakeOs } from '../../helpers/fake-os.ts'
import { flatRecordOf } from '../../helpers/flat-record.ts'
import { watchOpen } from '../../helpers/left-open.ts'
import { DATA_DIR, NODE_FILES } from '../../helpers/requests.ts'

const CONTAINERS = `${DATA_DIR}/containers`

/** Of the container and the interface. */
function recordOf(containerId: string, ifName = 'eth0'): UndoRecord {
  const netns = { id: '4:1', cookie: '7', bootId: 'b' }
  return { network: 'net1', containerId, ifName, entry: 'chained', netns, netnsPath: '', sequence: 1, entries: [] }
}

/** The path and the text of such a record. */
function fileOf(containerId: string, ifName = 'eth0') {
  return { [`${CONTAINERS}/${containerId}/net1@${ifName}.json`]: formatRecord(recordOf(containerId, ifName)) }
}

function createOs(files: FakeFiles, machine: FakeMachine = {}): FakeOs {
  return createFakeOs({ files: { ...NODE_FILES, ...files }, ...machine })
}

/** An operating system on which another process has just removed a folder. */
const without = (os: FakeOs, missing: string): FakeOs => ({
  ...os,
  openFolder: (name, at) => (name === missing ? undefined : os.openFolder(name, at)),
})

const list = (os: Os) => listRecords(os, DATA_DIR)

describe('all records', () => {
  const idsOn = (os: Os) => list(os).map(({ containerId, ifName }) => `${containerId} ${ifName}`)

  test('are none where there is no dataDir, or nothing in it', () => {
    expect(list(createOs({}))).toEqual([])
    expect(list(createOs({ [DATA_DIR]: { text: '', kind: 'directory', mode: 0o700 } }))).toEqual([])
  })

  test('are those of every container, one for each interface', () => {
    const os = createOs({ ...fileOf('c1'), ...fileOf('c1', 'eth1'), ...fileOf('c2') })
    expect(idsOn(os)).toEqual(['c1 eth0', 'c1 eth1', 'c2 eth0'])
  })

  test('are those of version 1 too', () => {
    const os = createOs({ ...flatRecordOf('c1'), ...flatRecordOf('c2'), [`${DATA_DIR}/README`]: '' })
    expect([idsOn(os), os.stderr()]).toEqual([['c1 eth0', 'c2 eth0'], ''])
  })

  test('are those of both versions, each container once', () => {
    const os = createOs({ ...fileOf('c1', 'eth1'), ...flatRecordOf('c1'), ...flatRecordOf('c2'), ...fileOf('c3') })
    expect(idsOn(os).sort()).toEqual(['c1 eth0', 'c1 eth1', 'c2 eth0', 'c3 eth0'])
  })

  test('do not have those of a container that is removed meanwhile', () => {
    expect(idsOn(without(createOs({ ...fileOf('c1'), ...fileOf('c2') }), 'c1'))).toEqual(['c2 eth0'])
  })

  test('do not have one that is removed meanwhile, which is not worth a line on stderr', () => {
    const os = createOs({ ...fileOf('c1') })
    expect([list({ ...os, readIfExists: () => undefined }), os.stderr()]).toEqual([[], ''])
  })

  test('cannot be told where the folder of the containers cannot be opened', () => {
    const files = { [CONTAINERS]: { text: '', kind: 'directory', readFails: 'EIO' }, ...flatRecordOf('c1') } as const
    expect(errorOf(() => list(createOs(files)))).toEqual(new OsError('EIO', 'open', CONTAINERS))
  })

  test('cannot be told where one of them cannot be read', () => {
    const path = `${CONTAINERS}/c1/net1@eth0.json`
    expect(errorOf(() => list(createOs({ [path]: { text: '', readFails: 'EIO' } })))).toMatchObject({ path })
  })

  test.each([
    ['there are records', fileOf('c2')],
    ['there are records of version 1', flatRecordOf('c2')],
    ['one cannot be read', { [`${CONTAINERS}/c2/net1@eth0.json`]: { text: '', readFails: 'EIO' } }],
    ['their folder cannot be opened', { [CONTAINERS]: { text: '', kind: 'directory', readFails: 'EIO' } }],
  ] satisfies [string, FakeFiles][])('leave nothing open where %s', (_, files) => {
    const { os, open } = watchOpen(createOs({ ...fileOf('c1'), ...files }))
    try {
      list(os)
    } catch (error) {
      expect(error).toBeInstanceOf(OsError)
    }
    expect(open).toEqual([])
  })
})

test('those of one container are of both versions, and of no other container', () => {
  const os = createOs({ ...fileOf('c1', 'eth1'), ...flatRecordOf('c1'), ...flatRecordOf('c2'), ...fileOf('c3') })
  expect(['c1', 'c2', 'c4'].map((id) => listRecordsOf(os, DATA_DIR, id).map(({ ifName }) => ifName))).toEqual([
    ['eth1', 'eth0'],
    ['eth0'],
    [],
  ])
})

test('nothing is made by reading them, not even for a record of version 1', () => {
  const os = createOs(flatRecordOf('c1'))
  const before = os.list(DATA_DIR)
  expect([...list(os), ...listRecordsOf(os, DATA_DIR, 'c1')]).toHaveLength(2)
  expect(os.list(DATA_DIR)).toEqual(before)
})

test('the records can be listed while other commands work on their containers', () => {
  expect(list(createOs(fileOf('c1'), { locked: [`${CONTAINERS}/c1`] }))).toHaveLength(1)
})

describe('the record of an attachment that is gone is removed', () => {
  test('with the folder of its container, and nothing stays open', () => {
    const fake = createOs({ ...fileOf('c1'), ...fileOf('c2') })
    const { os, open } = watchOpen(fake)
    removeOrphan(os, DATA_DIR, recordOf('c1'))
    expect([fake.list(CONTAINERS), open]).toEqual([[{ name: 'c2', isDirectory: true }], []])
  })

  test('and nothing stays open if it cannot be', () => {
    const path = `${CONTAINERS}/c1/net1@eth0.json`
    const { os, open } = watchOpen(createOs({ [path]: { text: '', removeFails: 'EROFS' } }))
    expect(errorOf(() => removeOrphan(os, DATA_DIR, recordOf('c1')))).toEqual(new OsError('EROFS', 'unlink', path))
    expect(open).toEqual([])
  })

  test('unless somebody else has done it', () => {
    expect(() => removeOrphan(createOs(fileOf('c2')), DATA_DIR, recordOf('c1'))).not.toThrow()
  })
})
