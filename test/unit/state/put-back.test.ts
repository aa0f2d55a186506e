import { describe, expect, test } from 'vitest'
import { type Os, OsError } from '../../../plugin/os/os.ts'
import { putBackEntries } from '../../../plugin/state/put-back.ts'
import { errorOf } from '../../helpers/errors.ts'
import { createFakeOs, type FakeFile, type FakeFiles, HOST, refuse } from '../../helpers/fake-os.ts'
import { entryOf } from '../../helpers/reapplying.ts'

const SYS = '/proc/sys/net/a'

function createOs(files: FakeFiles) {
  const paths = Object.entries(files).map(([name, file]) => [`${SYS}/${name}`, file])
  const os = createFakeOs({ netns: { [HOST]: Object.fromEntries(paths) } })
  return { os, tree: os.state.trees.get(HOST), textOf: (name: string) => os.textOf(HOST, `${SYS}/${name}`) }
}

const REFUSING: FakeFile = { text: '4\n', accept: () => refuse('EINVAL') }

describe('the values that an attachment has left', () => {
  test('are put back, also one that is refused until another is', () => {
    const { os, tree, textOf } = createOs({ high: '9\n' })
    const accept = (text: string) => (textOf('high') === '3' ? text : refuse('EINVAL'))
    tree?.set(`${SYS}/low`, { text: '8\n', accept })
    expect(putBackEntries(os, [entryOf('low', '1', '8'), entryOf('high', '3', '9')])).toBe(true)
    expect([textOf('low'), textOf('high'), os.stderr()]).toEqual(['1', '3', ''])
  })

  test.each<[string, FakeFile | string]>([
    ['somebody else has changed', '7\n'],
    ['cannot be read any more', { text: '', mode: 0o200 }],
  ])('stay where %s', (_, x) => {
    const { os } = createOs({ x })
    expect(putBackEntries(os, [entryOf('x', '1', '2')])).toBe(true)
    expect(os.writes).toEqual([])
  })

  test('need not be put back where they are gone, or go meanwhile', () => {
    const { os, tree, textOf } = createOs({ y: '4\n' })
    const accept = (text: string) => {
      tree?.delete(`${SYS}/y`)
      return text
    }
    tree?.set(`${SYS}/x`, { text: '2\n', accept })
    expect(putBackEntries(os, [entryOf('gone', '5', '6'), entryOf('x', '1', '2'), entryOf('y', '3', '4')])).toBe(true)
    expect([textOf('x'), os.stderr()]).toEqual(['1', ''])
  })

  test('are put back but for the one that the kernel refuses for good, which is told', () => {
    const { os, textOf } = createOs({ x: '2\n', y: REFUSING })
    expect(putBackEntries(os, [entryOf('y', '3', '4'), entryOf('x', '1', '2')])).toBe(false)
    expect([textOf('x'), os.stderr()]).toEqual(['1', `netns-sysctl: DEL goes on: write ${SYS}/y: EINVAL\n`])
  })

  test('are put back but for one that cannot be read, which is told', () => {
    const { os, textOf } = createOs({ x: '2\n', y: { text: '4\n', readFails: 'EIO' } })
    expect(putBackEntries(os, [entryOf('y', '3', '4'), entryOf('x', '1', '2')])).toBe(false)
    expect([textOf('x'), os.stderr()]).toEqual(['1', `netns-sysctl: DEL goes on: read ${SYS}/y: EIO\n`])
  })

  test('are all left where one cannot be opened just now: DEL is tried again', () => {
    const { os } = createOs({ x: '2\n', y: '4\n' })
    const openSysctl: Os['openSysctl'] = (path) => {
      if (path.endsWith('/y')) throw new OsError('EMFILE', 'open', path)
      return os.openSysctl(path)
    }
    const entries = [entryOf('x', '1', '2'), entryOf('y', '3', '4')]
    expect(errorOf(() => putBackEntries({ ...os, openSysctl }, entries))).toMatchObject({ errno: 'EMFILE' })
    expect(os.writes).toEqual([])
  })
})
