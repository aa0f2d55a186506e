import { describe, expect, test } from 'vitest'
import { OsError } from '../../../plugin/os/os.ts'
import { formatRecord, type UndoRecord } from '../../../plugin/state/record.ts'
import {
  dataDirProblem,
  listAttachments,
  loadRecord,
  loadSiblings,
  prepareDataDir,
  removeRecord,
  saveRecord,
} from '../../../plugin/state/store.ts'
import { errorOf, problemsOf } from '../../helpers/errors.ts'
import { createFakeOs, type FakeFile, type FakeFiles } from '../../helpers/fake-os.ts'

const DIR = '/run/cni/netns-sysctl'
const ATTACHMENT = { network: 'net1', containerId: 'c1', ifName: 'eth0' }
const NAME = 'net1@c1@eth0.json'
const FOLDER: FakeFile = { text: '', kind: 'directory', mode: 0o700 }

function recordOf(changes: Partial<UndoRecord> = {}): UndoRecord {
  return { ...ATTACHMENT, netns: '4:1', sequence: 1, entries: [], ...changes }
}

function createOs(files: FakeFiles, machine = {}) {
  return createFakeOs({ files, ...machine })
}

describe('the folder of the records', () => {
  test.each([
    ['is good', FOLDER, undefined],
    ['belongs to a user', { ...FOLDER, uid: 1000 }, 'belongs to the user 1000, not to root'],
    ['is open to others', { ...FOLDER, mode: 0o755 }, 'has the mode 0755, not 0700'],
    ['has a sticky bit', { ...FOLDER, mode: 0o1700 }, 'has the mode 01700, not 0700'],
    ['is a link', { ...FOLDER, kind: 'link' }, 'is a symbolic link'],
    ['is a file', { text: '', mode: 0o700 }, 'is not a folder'],
    ['is a device', { ...FOLDER, kind: 'other' }, 'is not a folder'],
  ] satisfies [string, FakeFile, string | undefined][])('%s', (_, folder, problem) => {
    const os = createOs({ [DIR]: folder })
    expect(dataDirProblem(os, DIR)).toBe(problem)
    if (problem === undefined) expect(prepareDataDir(os, DIR)).toBe(undefined)
    else {
      expect(problemsOf(() => prepareDataDir(os, DIR))).toEqual([
        {
          code: 5,
          msg: `dataDir ${DIR} ${problem}`,
          details: 'it must be a folder of root with mode 0700; the plugin makes it where it does not exist',
        },
      ])
    }
  })

  test('is made where there is none', () => {
    const os = createOs({})
    expect(dataDirProblem(os, DIR)).toBe(undefined)
    prepareDataDir(os, DIR)
    expect(os.fileStatus(DIR)).toEqual({ kind: 'directory', mode: 0o700, uid: 0 })
  })

  test('cannot be made where what is above it cannot be written, which is looked at without making it', () => {
    const os = createOs({ '/run': { ...FOLDER, mode: 0o555 } }, { makeFails: 'EROFS' })
    expect(dataDirProblem(os, DIR)).toBe('cannot be made (EACCES)')
    expect(problemsOf(() => prepareDataDir(os, DIR))[0]?.msg).toBe(`dataDir ${DIR} cannot be made (EACCES)`)
    const readOnly = createOs({}, { makeFails: 'EROFS' })
    expect(problemsOf(() => prepareDataDir(readOnly, DIR))[0]?.msg).toBe(`dataDir ${DIR} cannot be made (EROFS)`)
  })

  test('may have been made by another ADD in the meantime', () => {
    const os = createOs({})
    const makeDirectory = (path: string, mode: number) => {
      os.makeDirectory(path, mode)
      throw new OsError('EEXIST', 'mkdir', path)
    }
    expect(prepareDataDir({ ...os, makeDirectory }, DIR)).toBe(undefined)
  })

  test('may have been made as a link by somebody else in the meantime', () => {
    const os = createOs({})
    const makeDirectory = (path: string) => {
      os.state.shared.set(path, { ...FOLDER, kind: 'link' })
      throw new OsError('EEXIST', 'mkdir', path)
    }
    expect(problemsOf(() => prepareDataDir({ ...os, makeDirectory }, DIR))[0]?.msg).toBe(
      `dataDir ${DIR} is a symbolic link`,
    )
  })

  test('cannot be used where it cannot even be looked at', () => {
    const fileStatus = () => {
      throw new OsError('EACCES', 'lstat', DIR)
    }
    expect(dataDirProblem({ ...createOs({}), fileStatus }, DIR)).toBe('cannot be used (EACCES)')
  })
})

describe('a record', () => {
  test('is saved, found and removed, with what an interrupted ADD left', () => {
    const os = createOs({ [DIR]: FOLDER, [`${DIR}/${NAME}.netns-sysctl~`]: '{"plu' })
    expect([loadRecord(os, DIR, ATTACHMENT), os.stderr()]).toEqual([undefined, ''])
    saveRecord(os, DIR, recordOf())
    expect(loadRecord(os, DIR, ATTACHMENT)).toMatchObject(recordOf())
    expect(listAttachments(os, DIR)).toEqual([ATTACHMENT])
    removeRecord(os, DIR, ATTACHMENT)
    expect([listAttachments(os, DIR), os.list(DIR)]).toEqual([[], []])
    removeRecord(os, DIR, ATTACHMENT)
  })

  test.each([
    ['truncated', formatRecord(recordOf()).slice(0, 30)],
    ['empty', ''],
    ['of another version', formatRecord(recordOf()).replace('"version":1', '"version":2')],
    ['of another attachment', formatRecord(recordOf({ containerId: 'c2' }))],
  ])('that is %s is not used, and that is logged', (_, text) => {
    const os = createOs({ [`${DIR}/${NAME}`]: text })
    expect(loadRecord(os, DIR, ATTACHMENT)).toBe(undefined)
    expect(os.stderr()).toBe(
      `netns-sysctl: ${DIR}/${NAME}: is no undo record of this version and attachment, so it is not used\n`,
    )
  })

  test('that cannot be read is not used, and that is logged', () => {
    const os = createOs({ [`${DIR}/${NAME}`]: { text: '', readFails: 'EIO' } })
    expect(loadRecord(os, DIR, ATTACHMENT)).toBe(undefined)
    expect(os.stderr()).toBe(`netns-sysctl: ${DIR}/${NAME}: cannot be read (EIO), so it is not used\n`)
  })
})

test.each([
  ['is a symbolic link', { kind: 'link' as const }],
  ['belongs to the user 1000, not to root', { uid: 1000 }],
  ['has the mode 0777, not 0700', { mode: 0o777 }],
])('a record in a folder that %s is not used, and that is logged', (problem, changes) => {
  const os = createOs({ [DIR]: { ...FOLDER, ...changes }, [`${DIR}/${NAME}`]: formatRecord(recordOf()) })
  expect(loadRecord(os, DIR, ATTACHMENT)).toBe(undefined)
  expect(os.stderr()).toBe(`netns-sysctl: dataDir ${DIR} ${problem}, so its records are not used\n`)
})

test('the siblings are those of the same container and the same netns', () => {
  const eth1 = recordOf({ ifName: 'eth1', network: 'net2' })
  const os = createOs({ [DIR]: FOLDER, [`${DIR}/net9@c1@eth9.json`]: 'x', [`${DIR}/other`]: 'x' })
  const others = [{ containerId: 'c2' }, { ifName: 'eth2', netns: '4:2' }, {}]
  for (const record of [eth1, ...others.map(recordOf)]) saveRecord(os, DIR, record)
  expect(loadSiblings(os, DIR, ATTACHMENT, '4:1')).toMatchObject([eth1])
})

test.each([
  ['is not there', undefined, []],
  ['is empty', FOLDER, []],
])('where the folder %s there is no attachment', (_, folder, attachments) => {
  expect(listAttachments(createOs(folder === undefined ? {} : { [DIR]: folder }), DIR)).toEqual(attachments)
})

test('a folder that cannot be listed is a failure', () => {
  const os = createOs({ [DIR]: { ...FOLDER, readFails: 'EIO' } })
  expect(errorOf(() => listAttachments(os, DIR))).toEqual(new OsError('EIO', 'scandir', DIR))
})
