import { describe, expect, test } from 'vitest'
import { OsError } from '../../../plugin/os/os.ts'
import { dataDirProblem, makeDataDir, openDataDir } from '../../../plugin/state/data-dir.ts'
import { errorOf, problemsOf } from '../../helpers/errors.ts'
import { createFakeOs, type FakeFile, type FakeFiles, type FakeMachine } from '../../helpers/fake-os.ts'

const DIR = '/run/cni/netns-sysctl'
const FOLDER: FakeFile = { text: '', kind: 'directory', mode: 0o700 }

function createOs(files: FakeFiles, machine: FakeMachine = {}) {
  return createFakeOs({ files, ...machine })
}

describe('the folder of the records', () => {
  test.each([
    ['is good', FOLDER, undefined],
    ['belongs to a user', { ...FOLDER, uid: 1000 }, 'belongs to the user 1000, not to root'],
    ['is open to others', { ...FOLDER, mode: 0o755 }, 'has the mode 0755, not 0700'],
    ['may be written by its group', { ...FOLDER, mode: 0o770 }, 'has the mode 0770, not 0700'],
    ['may be read by its group', { ...FOLDER, mode: 0o740 }, 'has the mode 0740, not 0700'],
    ['may be entered by its group', { ...FOLDER, mode: 0o710 }, 'has the mode 0710, not 0700'],
    ['may be entered by others', { ...FOLDER, mode: 0o701 }, 'has the mode 0701, not 0700'],
    ['gives its group to what is in it', { ...FOLDER, mode: 0o2700 }, 'has the mode 02700, not 0700'],
    ['has a sticky bit', { ...FOLDER, mode: 0o1700 }, 'has the mode 01700, not 0700'],
    ['is a link', { ...FOLDER, kind: 'link' }, 'is a symbolic link'],
    ['is a link in a circle', { ...FOLDER, kind: 'link', readFails: 'ELOOP' }, 'is a symbolic link'],
    ['is a file', { text: '', mode: 0o700 }, 'is not a folder'],
    ['is a device', { ...FOLDER, kind: 'other' }, 'is not a folder'],
  ] satisfies [string, FakeFile, string | undefined][])('%s', (_, folder, problem) => {
    const os = createOs({ [DIR]: folder })
    expect(dataDirProblem(os, DIR)).toBe(problem)
    if (problem === undefined) expect(makeDataDir(os, DIR).path).toBe(DIR)
    else {
      expect(problemsOf(() => makeDataDir(os, DIR))).toEqual([
        {
          code: 5,
          msg: `dataDir ${DIR} ${problem}`,
          details: 'it must be a folder of root with mode 0700; the plugin makes it where it does not exist',
        },
      ])
    }
  })

  test('is made if there is none', () => {
    const os = createOs({})
    expect(dataDirProblem(os, DIR)).toBe(undefined)
    makeDataDir(os, DIR)
    expect(os.fileStatus(DIR)).toEqual({ kind: 'directory', mode: 0o700, uid: 0 })
  })

  test('cannot be made where what is above it cannot be written, which is looked at without making it', () => {
    const os = createOs({ '/run': { ...FOLDER, mode: 0o555 } }, { makeFails: 'EROFS' })
    expect(dataDirProblem(os, DIR)).toBe('cannot be made (EACCES)')
    const readOnly = createOs({}, { makeFails: 'EROFS' })
    expect(problemsOf(() => makeDataDir(readOnly, DIR))[0]?.msg).toBe(`dataDir ${DIR} cannot be made (EROFS)`)
  })

  test('cannot be made where there is nothing at all, not even a root', () => {
    const checkWritable = (path: string) => {
      throw new OsError('ENOENT', 'access', path)
    }
    expect(dataDirProblem({ ...createOs({}), checkWritable }, DIR)).toBe('cannot be made (ENOENT)')
  })

  test('may be removed as soon as it is made', () => {
    const os = { ...createOs({}), makeDirectory: () => undefined }
    expect(problemsOf(() => makeDataDir(os, DIR))[0]?.msg).toBe(`dataDir ${DIR} goes away as soon as it is made`)
  })

  test('may have been made by another ADD in the meantime', () => {
    const os = createOs({})
    const makeDirectory = (path: string, mode: number) => {
      os.makeDirectory(path, mode)
      os.makeDirectory(path, mode)
    }
    expect(makeDataDir({ ...os, makeDirectory }, DIR).path).toBe(DIR)
  })

  test('may have been made as a link by somebody else in the meantime', () => {
    const os = createOs({})
    const makeDirectory = (path: string) => {
      os.state.shared.set(path, { ...FOLDER, kind: 'link' })
    }
    expect(problemsOf(() => makeDataDir({ ...os, makeDirectory }, DIR))[0]?.msg).toBe(
      `dataDir ${DIR} is a symbolic link`,
    )
  })

  test('cannot be used where it is on a file system that is mounted read-only, which the next ADD will be told', () => {
    const os = createOs({ [DIR]: FOLDER })
    const checkWritable = (path: string) => {
      throw new OsError('EROFS', 'access', path)
    }
    expect(dataDirProblem({ ...os, checkWritable }, DIR)).toBe('cannot be used (EROFS)')
    const ofUser = createOs({ [DIR]: { ...FOLDER, uid: 1000 } })
    expect(dataDirProblem({ ...ofUser, checkWritable }, DIR)).toBe('belongs to the user 1000, not to root')
  })

  test('cannot be used where it cannot even be looked at', () => {
    const os = createOs({ [DIR]: { ...FOLDER, readFails: 'EACCES' } })
    expect(dataDirProblem(os, DIR)).toBe('cannot be used (EACCES)')
    expect(errorOf(() => makeDataDir(os, DIR))).toEqual(new OsError('EACCES', 'open', DIR))
  })

  test('may be usable as soon as there is memory', () => {
    const os = createOs({ [DIR]: { ...FOLDER, readFails: 'ENOMEM' } })
    expect(errorOf(() => openDataDir(os, DIR))).toEqual(new OsError('ENOMEM', 'open', DIR))
    expect(errorOf(() => makeDataDir(createOs({ '/run/cni': FOLDER }, { makeFails: 'ENOMEM' }), DIR))).toEqual(
      new OsError('ENOMEM', 'mkdir', DIR),
    )
  })

  test.each([
    ["is another user's", { uid: 1000 }, 'is below a folder of the user 1000'],
    ['may be written by others', { mode: 0o775 }, 'is below a folder that others may write, of mode 0775'],
    ['may be written by all, and is sticky', { mode: 0o1777 }, undefined],
    ['may be read by all', { mode: 0o755 }, undefined],
  ])('is below a folder that %s', (_, changes, problem) => {
    const os = createOs({ [DIR]: FOLDER, '/run': { ...FOLDER, ...changes } })
    expect(dataDirProblem(os, DIR)).toBe(problem)
  })
  test.each([
    [65534, undefined],
    [1000, 'is below a folder of the user 1000'],
  ])('in a user namespace, in which / is of user 65534, is below a folder of user %i', (uid, problem) => {
    const os = createOs({ [DIR]: FOLDER, '/run': { ...FOLDER, uid } })
    const foldersFrom: typeof os.foldersFrom = (folder) => [
      ...os.foldersFrom(folder).slice(0, -1),
      { kind: 'directory', mode: 0o755, uid: 65534 },
    ]
    expect(dataDirProblem({ ...os, foldersFrom }, DIR)).toBe(problem)
  })
})
