import { describe, expect, test } from 'vitest'
import { OsError } from '../../../plugin/os/os.ts'
import { errorOf, problemsOf } from '../../helpers/errors.ts'
import { type FakeFile, type FakeFiles, type FakeMachine, HOST, refuse } from '../../helpers/fake-os.ts'
import { createRecorder } from '../../helpers/recorder.ts'
import { DATA_DIR, NODE_FILES, RECORD } from '../../helpers/requests.ts'

const SYS = '/proc/sys/net'

const usual = (): FakeFiles => ({ [`${SYS}/a/x`]: '1\n', [`${SYS}/a/y`]: '2\n' })
const stubborn = { text: '2\n', accept: (text: string) => (text === '2\n' ? text : refuse('EINVAL')) }

test('the record is there before the first write', () => {
  const { os, write, entries } = createRecorder(usual())
  write({ 'net.a.x': 5, 'net.a.y': 6 })
  expect(os.writes).toEqual([`${RECORD} replaced`, `host ${SYS}/a/x 5`, `host ${SYS}/a/y 6`])
  expect(entries()).toEqual([
    ['net.a.x', '1', '5'],
    ['net.a.y', '2', '6'],
  ])
})

test('what is not to be recorded is written all the same', () => {
  const { os, write, entries } = createRecorder(usual())
  write({ 'net.a.x': 5, 'net.a.y': 6 }, { first: 1 })
  expect([entries(), os.textOf(HOST, `${SYS}/a/y`)]).toEqual([[['net.a.x', '1', '5']], '6'])
})

test('nothing to be recorded leaves no record and needs no folder', () => {
  const { os, write, entries } = createRecorder(usual(), { makeFails: 'EROFS', replaceFails: 'EROFS' })
  write({ 'net.a.x': 5 }, { first: 0 })
  expect([os.writes, entries()]).toEqual([[`host ${SYS}/a/x 5`], undefined])
})

test('what the kernel made of a value is in the record', () => {
  const { os, write, entries } = createRecorder({ ...usual(), [`${SYS}/a/y`]: { text: '2\n', accept: () => '7\n' } })
  write({ 'net.a.x': 5, 'net.a.y': 6 })
  expect(entries()).toEqual([
    ['net.a.x', '1', '5'],
    ['net.a.y', '2', '6', '7'],
  ])
  expect(os.writes.filter((line) => line.endsWith('replaced'))).toHaveLength(2)
})

test('a value that may be refused, and is, is not in the record', () => {
  const { write, entries, os } = createRecorder({ ...usual(), [`${SYS}/a/y`]: stubborn })
  write({ 'net.a.x': 5, '-net.a.y': 6 })
  expect(entries()).toEqual([['net.a.x', '1', '5']])
  expect(os.writes).toEqual([`${RECORD} replaced`, `host ${SYS}/a/x 5`, `${RECORD} replaced`])
})

test('the record tells what was refused and what the kernel made of another value', () => {
  const rounding = { text: '1\n', accept: () => '4\n' }
  const { write, entries } = createRecorder({ [`${SYS}/a/x`]: rounding, [`${SYS}/a/y`]: stubborn })
  write({ 'net.a.x': 5, '-net.a.y': 6 })
  expect(entries()).toEqual([['net.a.x', '1', '5', '4']])
})

test('a value that may be refused, and is, needs no record', () => {
  const { write, record, os } = createRecorder({ ...usual(), [`${SYS}/a/y`]: stubborn })
  write({ 'net.a.x': 5, '-net.a.y': 6 }, { first: 0 })
  expect([record(), os.writes]).toEqual([undefined, [`host ${SYS}/a/x 5`]])
})

test('a trigger, which has no value to put back, leaves no record', () => {
  const { os, write, record } = createRecorder({ [`${SYS}/ipv4/route/flush`]: { text: '', mode: 0o200 } })
  write({ 'net.ipv4.route.flush': 1 })
  expect([record(), os.writes]).toEqual([undefined, [`host ${SYS}/ipv4/route/flush 1`]])
})

describe('nothing is written', () => {
  test.each([
    [
      'where the folder cannot be used',
      { files: { [DATA_DIR]: { text: '', kind: 'link' } } },
      `dataDir ${DATA_DIR} is a symbolic link`,
    ],
    ['where it cannot be made', { makeFails: 'EROFS' }, `dataDir ${DATA_DIR} cannot be made (EROFS)`],
  ] satisfies [string, FakeMachine, string][])('%s', (_, machine, msg) => {
    const { os, write } = createRecorder(usual(), machine)
    expect(problemsOf(() => write({ 'net.a.x': 5 }))).toMatchObject([{ code: 5, msg }])
    expect(os.writes).toEqual([])
  })

  test('where the record cannot be written', () => {
    const { os, write } = createRecorder(usual(), { replaceFails: 'ENOSPC' })
    expect(errorOf(() => write({ 'net.a.x': 5 }))).toEqual(new OsError('ENOSPC', 'open', RECORD))
    expect(os.writes).toEqual([])
  })
})

describe('where the kernel refuses a value', () => {
  test('and everything was put back, no record stays', () => {
    const { write, entries, os } = createRecorder({ ...usual(), [`${SYS}/a/y`]: stubborn })
    expect(problemsOf(() => write({ 'net.a.x': 5, 'net.a.y': 6 }))[0]?.code).toBe(101)
    expect([entries(), os.list(DATA_DIR)]).toEqual([undefined, []])
  })

  test('and not everything could be put back, the record stays for DEL', () => {
    const once = (text: string) => (text === '5\n' ? text : refuse('EBUSY'))
    const { write, entries } = createRecorder({
      [`${SYS}/a/x`]: { text: '1\n', accept: once },
      [`${SYS}/a/y`]: stubborn,
    })
    expect(problemsOf(() => write({ 'net.a.x': 5, 'net.a.y': 6 }))[0]?.msg).toMatch(/could not be put back: net.a.x$/)
    expect(entries()).toEqual([
      ['net.a.x', '1', '5'],
      ['net.a.y', '2', '6'],
    ])
  })

  test('in an ADD that is tried again, the record is what it was', () => {
    const { write, entries } = createRecorder({ ...usual(), [`${SYS}/a/y`]: stubborn })
    write({ 'net.a.x': 5 })
    expect(problemsOf(() => write({ 'net.a.x': 8, 'net.a.y': 6 }))[0]?.code).toBe(101)
    expect(entries()).toEqual([['net.a.x', '1', '5']])
  })

  test('and the record cannot be removed, the failure is the first one', () => {
    const files = { ...NODE_FILES, [RECORD]: { text: 'no record', removeFails: 'EROFS' } }
    const { os, write } = createRecorder({ [`${SYS}/a/y`]: stubborn }, { files })
    expect(problemsOf(() => write({ 'net.a.y': 6 }))[0]?.code).toBe(101)
    expect(os.stderr()).toContain(`netns-sysctl: the undo record is not up to date: unlink ${RECORD}: EROFS\n`)
  })
})

test('an ADD that is tried again keeps the first value of each', () => {
  const { write, entries } = createRecorder(usual())
  write({ 'net.a.x': 5 })
  write({ 'net.a.x': 6, 'net.a.y': 7 })
  expect(entries()).toEqual([
    ['net.a.x', '1', '6'],
    ['net.a.y', '2', '7'],
  ])
})

describe('what was written can be taken back', () => {
  test('with its record', () => {
    const { os, write, entries } = createRecorder(usual())
    write({ 'net.a.x': 5, 'net.a.y': 6 })()
    expect([os.textOf(HOST, `${SYS}/a/x`), os.textOf(HOST, `${SYS}/a/y`), entries()]).toEqual(['1', '2', undefined])
    expect([os.list(DATA_DIR), os.stderr()]).toEqual([[], ''])
  })

  test('to what an earlier ADD of the same attachment had left', () => {
    const { os, write, entries } = createRecorder(usual())
    write({ 'net.a.x': 5 })
    write({ 'net.a.x': 8, 'net.a.y': 6 })()
    expect([os.textOf(HOST, `${SYS}/a/x`), os.textOf(HOST, `${SYS}/a/y`)]).toEqual(['5', '2'])
    expect(entries()).toEqual([['net.a.x', '1', '5']])
  })

  test('and what cannot be keeps its record', () => {
    const once = (text: string) => (text === '5\n' ? text : refuse('EBUSY'))
    const files = { [`${SYS}/a/x`]: { text: '1\n', accept: once }, [`${SYS}/a/y`]: { text: '2\n', accept: once } }
    const { os, write, entries } = createRecorder(files)
    write({ 'net.a.x': 5, 'net.a.y': 5 })()
    expect(entries()).toEqual([
      ['net.a.x', '1', '5'],
      ['net.a.y', '2', '5'],
    ])
    expect(os.stderr()).toBe('netns-sysctl: could not be put back: net.a.y, net.a.x\n')
  })
})

test('where a value cannot be read back, everything is as before', () => {
  const file: FakeFile = { text: '1\n' }
  file.accept = (text) => {
    const fails = os.state.trees.get(HOST)?.get(`${SYS}/a/x`)
    if (fails !== undefined && text === '5\n') fails.readFails = 'EIO'
    return text
  }
  const { os, write, entries } = createRecorder({ ...usual(), [`${SYS}/a/x`]: file })
  expect(errorOf(() => write({ 'net.a.y': 7, 'net.a.x': 5 }))).toEqual(new OsError('EIO', 'read', `${SYS}/a/x`))
  expect([os.textOf(HOST, `${SYS}/a/x`), os.textOf(HOST, `${SYS}/a/y`), entries()]).toEqual(['1', '2', undefined])
})

test('where another command works on the container, nothing is written, after ten seconds', () => {
  const { os, write } = createRecorder(usual(), { locked: [`${DATA_DIR}/containers/c1`] })
  expect(problemsOf(() => write({ 'net.a.x': 5 }))).toMatchObject([{ code: 11 }])
  expect(os.writes).toEqual([])
  expect(os.slept()).toBeGreaterThanOrEqual(10_000)
  expect(os.slept()).toBeLessThan(10_100)
})
