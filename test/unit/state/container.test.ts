import { describe, expect, test } from 'vitest'
import type { Os } from '../../../plugin/os/os.ts'
import { closeContainer, findContainer, lockContainer, releaseContainer } from '../../../plugin/state/container.ts'
import { errorOf } from '../../helpers/errors.ts'
import { createFakeOs, type FakeMachine } from '../../helpers/fake-os.ts'
import { watchOpen } from '../../helpers/left-open.ts'

const DIR = '/run/cni/netns-sysctl'
const FOLDER = { text: '', kind: 'directory', mode: 0o700 } as const
const OWN = `${DIR}/containers/c1`

/** A machine, and the folders that are open there. */
function createOs(machine: FakeMachine = {}, changes: Partial<Os> = {}) {
  const fake = createFakeOs({ files: { [DIR]: FOLDER }, ...machine })
  const { os, open } = watchOpen<Os>({ ...fake, ...changes })
  return { os, fake, open: () => [...open] }
}

describe('what is opened for a container', () => {
  test('is its folder and those above it, and is closed again', () => {
    for (const close of [closeContainer, releaseContainer]) {
      const { os, open } = createOs()
      const container = lockContainer(os, DIR, 'c1')
      expect(open()).toEqual([DIR, `${DIR}/containers`, OWN])
      close(os, container)
      expect(open()).toEqual([])
    }
  })

  test('is nothing where it has no records', () => {
    const { os, fake, open } = createOs()
    expect(findContainer(os, DIR, 'c1')).toBe(undefined)
    expect([open(), fake.list(DIR)]).toEqual([[], []])
  })

  test('is nothing where others have records', () => {
    const { os, open } = createOs({ files: { [DIR]: FOLDER, [`${DIR}/containers/c2`]: FOLDER } })
    expect(findContainer(os, DIR, 'c1')).toBe(undefined)
    expect(open()).toEqual([])
  })

  test('is nothing where a process that was killed has left an empty folder, which goes', () => {
    const { os, fake, open } = createOs({ files: { [DIR]: FOLDER, [`${DIR}/containers`]: FOLDER } })
    expect(findContainer(os, DIR, 'c1')).toBe(undefined)
    expect([open(), fake.list(DIR)]).toEqual([[], []])
  })

  test('is nothing where there is no dataDir', () => {
    const { os, open } = createOs({ files: {} })
    expect(findContainer(os, DIR, 'c1')).toBe(undefined)
    expect(open()).toEqual([])
  })

  test('is closed where another command does not come to its end', () => {
    const { os, open } = createOs({ files: { [DIR]: FOLDER, [OWN]: FOLDER }, locked: [OWN] })
    expect(errorOf(() => findContainer(os, DIR, 'c1', 10))).toMatchObject({ code: 11 })
    expect(open()).not.toContain(OWN)
  })

  test('is opened again where its folder went meanwhile, and given up at last', () => {
    const { os, open } = createOs({ files: { [DIR]: FOLDER, [OWN]: FOLDER } })
    let left = 3
    expect(findContainer({ ...os, isStillAt: () => left-- === 0 }, DIR, 'c1')?.id).toBe('c1')
    expect(open()).toEqual([DIR, `${DIR}/containers`, OWN])
    let attempts = 0
    const isStillAt = () => {
      attempts += 1
      return false
    }
    const gone = errorOf(() => findContainer({ ...os, isStillAt }, DIR, 'c1'))
    expect(gone).toMatchObject({ errno: 'EAGAIN', call: 'flock', path: OWN })
    expect(attempts).toBe(1000)
  })
})

test('a folder with records stays when it is closed, without what processes that were killed have left', () => {
  const files = { [DIR]: FOLDER, [`${OWN}/net1@eth0.json`]: 'x', [`${OWN}/.7-0.netns-sysctl~`]: 'x' }
  const { os, fake } = createOs({ files })
  const container = findContainer(os, DIR, 'c1')
  if (container !== undefined) closeContainer(os, container)
  expect(fake.list(OWN).map(({ name }) => name)).toEqual(['net1@eth0.json'])
})

test('a folder with records is closed without a try to remove it', () => {
  const removed: string[] = []
  const removeFolder = (name: string) => {
    removed.push(name)
    return false
  }
  const { os, open } = createOs({ files: { [DIR]: FOLDER, [`${OWN}/net1@eth0.json`]: 'x' } }, { removeFolder })
  closeContainer(os, lockContainer(os, DIR, 'c1'))
  expect([removed, open()]).toEqual([[], []])
})
