import { describe, expect, test } from 'vitest'
import { type Os, OsError } from '../../../plugin/os/os.ts'
import { errorOf, problemsOf } from '../../helpers/errors.ts'
import { type FakeFile, type FakeOs, refuse } from '../../helpers/fake-os.ts'
import { containerWith, entryOf, NOTHING, recordOf, siblingOf } from '../../helpers/reapplying.ts'
import { DATA_DIR } from '../../helpers/requests.ts'

const OWN = recordOf([entryOf('x', '1', '2'), entryOf('y', '3', '4')])
const REFUSING: FakeFile = { text: '5\n', accept: () => refuse('EINVAL') }

/** Takes only these texts. */
const taking = (text: string, ...texts: string[]): FakeFile => ({
  text: `${text}\n`,
  accept: (wanted) => (texts.includes(wanted.trimEnd()) ? wanted : refuse('EINVAL')),
})

/** Saving a record fails from the n-th on, from 0. */
const saveFails =
  (first: number) =>
  (fake: FakeOs): Os => {
    let count = 0
    return {
      ...fake,
      replaceFile(...place) {
        if (count++ >= first) throw new OsError('ENOSPC', 'write', place[0])
        fake.replaceFile(...place)
      },
    }
  }

const recordsOf = ({ os }: ReturnType<typeof containerWith>) =>
  [...os.state.shared].flatMap(([path, { text }]) => (path.startsWith(DATA_DIR) && text !== '' ? [[path, text]] : []))

describe('if the kernel refuses a value, apply', () => {
  test('leaves all records as they were, and does not write those that it has not changed', () => {
    const heirs = [siblingOf(2, [entryOf('x', '2', '9')]), siblingOf(4, [entryOf('y', '4', '8')])]
    const other = siblingOf(3, [entryOf('w', '1', '2')])
    const container = containerWith({ x: '9', y: '8', z: REFUSING, w: '2' }, [OWN, ...heirs, other])
    const before = recordsOf(container)
    expect(problemsOf(() => container.apply({ w: 6, z: 7 }))).toMatchObject([{ code: 101 }])
    expect(recordsOf(container)).toEqual(before)
    expect([container.valueOf('x'), container.valueOf('w')]).toEqual(['9', '2'])
    expect(container.os.writes.filter((each) => each.includes('eth3'))).toEqual([])
  })

  test('leaves no record where there was none', () => {
    const container = containerWith({ x: '1', z: REFUSING }, [])
    expect(problemsOf(() => container.apply({ x: 2, z: 7 }))).toMatchObject([{ code: 101 }])
    expect([container.valueOf('x'), container.os.list(DATA_DIR)]).toEqual(['1', []])
  })

  test('keeps the record of a value that it could not put back, for DEL', () => {
    const container = containerWith({ x: taking('1', '2'), z: REFUSING }, [])
    const [problem] = problemsOf(() => container.apply({ x: 2, z: 7 }))
    expect(problem?.msg).toContain('could not be put back: net.a.x')
    expect(container.recordOf('eth0')?.entries).toEqual([entryOf('x', '1', '2'), entryOf('z', '5', '7')])
  })
})

describe('if a record cannot be saved, apply', () => {
  test.each([0, 1])('changes nothing, at the save number %i', (first) => {
    const container = containerWith({ x: '2', y: '4' }, [OWN])
    const before = recordsOf(container)
    expect(errorOf(() => container.apply({ x: 6, y: 7 }, { wrap: saveFails(first) }))).toMatchObject({
      errno: 'ENOSPC',
    })
    expect([container.valueOf('x'), container.valueOf('y')]).toEqual(['2', '4'])
    if (first === 0) expect(recordsOf(container)).toEqual(before)
    expect(container.os.stderr()).toBe(
      'netns-sysctl: the undo records are not as they should be: write net1@eth0.json: ENOSPC\n',
    )
  })

  test('tells of the values that it could not put back', () => {
    const container = containerWith({ x: taking('1', '2'), y: taking('3', '4'), z: '5' }, [])
    expect(errorOf(() => container.apply({ x: 2, y: 4, z: 6 }, { wrap: saveFails(1) }))).toMatchObject({
      errno: 'ENOSPC',
    })
    expect(container.os.stderr()).toBe('netns-sysctl: could not be put back: net.a.y, net.a.x\n')
    expect(container.recordOf('eth0')?.entries).toHaveLength(3)
    expect(container.valueOf('z')).toBe('5')
  })
})

test('apply has done its work where only the folder cannot be cleaned, which it tells', () => {
  const container = containerWith({ x: '1' }, [], {
    files: { [`${DATA_DIR}/containers/c1/.7-0.netns-sysctl~`]: { text: '{', removeFails: 'EROFS' } },
  })
  expect(container.apply({ x: 2 })).toEqual({ ...NOTHING, set: ['x 1 -> 2'] })
  expect(container.os.stderr()).toBe(
    'netns-sysctl: the undo records are not as they should be: ' +
      `unlink ${DATA_DIR}/containers/c1/.7-0.netns-sysctl~: EROFS\n`,
  )
})
