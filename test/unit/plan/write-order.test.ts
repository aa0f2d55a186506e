import { describe, expect, test } from 'vitest'
import { writeTargets } from '../../../plugin/plan/apply.ts'
import type { Write } from '../../../plugin/plan/plan.ts'
import type { Target } from '../../../plugin/plan/target.ts'
import { parseSysctlKey } from '../../../plugin/sysctl/key.ts'
import { createSysctlSubject } from '../../../plugin/sysctl/subject.ts'
import { problemsOf } from '../../helpers/errors.ts'
import { createFakeOs, type FakeFile, type FakeOs, HOST, OF_FIRST_NETNS, refuse } from '../../helpers/fake-os.ts'

const SYS = '/proc/sys/net/a'

function targetOf(name: string, origin: Write['origin'], onFailure: Write['onFailure'] = 'fail'): Target {
  const subject = createSysctlSubject(parseSysctlKey(`net.a.${name}`))
  return { write: { subject, value: '5', origin, onFailure }, before: '1' }
}

/** A machine that refuses `name` until another one has the value 5. */
function createOs(refused: Readonly<Record<string, string>>, files: Readonly<Record<string, FakeFile>> = {}): FakeOs {
  const plain = ['w', 'x', 'y', 'z'].map((name): [string, FakeFile] => [`${SYS}/${name}`, { text: '1\n' }])
  const own: [string, FakeFile][] = Object.entries(refused).map(([name, other]) => {
    const accept = (text: string) => (os.textOf(HOST, `${SYS}/${other}`) === '5' ? text : refuse('EINVAL'))
    return [`${SYS}/${name}`, { text: '1\n', accept }]
  })
  const os: FakeOs = createFakeOs({
    netns: { [HOST]: { ...OF_FIRST_NETNS, ...Object.fromEntries([...plain, ...own]), ...files } },
  })
  return os
}

const orderOf = (os: FakeOs) => os.writes.map((line) => line.replace(`host ${SYS}/`, ''))
const namesOf = (targets: readonly Target[]) => targets.map(({ write }) => write.subject.name)

describe("the host's values, of which one may be refused until another is there", () => {
  test('are tried again after the last of them, and before what others want', () => {
    const os = createOs({ x: 'y' })
    const targets = [targetOf('x', 'host'), targetOf('y', 'host'), targetOf('z', 'network')]
    expect(namesOf(writeTargets(os, targets))).toEqual(['net.a.y', 'net.a.x', 'net.a.z'])
    expect(orderOf(os)).toEqual(['y 5', 'x 5', 'z 5'])
  })

  test('are given up where they are refused again, and all is put back', () => {
    const os = createOs({ x: 'z' })
    const targets = [targetOf('x', 'host'), targetOf('y', 'host'), targetOf('z', 'network')]
    expect(problemsOf(() => writeTargets(os, targets))).toMatchObject([
      { code: 101, details: 'everything written before was put back' },
    ])
    expect(orderOf(os)).toEqual(['y 5', 'y 1'])
  })

  test('are given up one by one where they may fail', () => {
    const os = createOs({ x: 'z' })
    const targets = [targetOf('x', 'host', 'skip'), targetOf('y', 'host'), targetOf('z', 'network')]
    expect(namesOf(writeTargets(os, targets))).toEqual(['net.a.y', 'net.a.z'])
  })

  test('what others want is not postponed: refused between them, it ends all', () => {
    const os = createOs({ x: 'y' })
    const targets = [targetOf('w', 'host'), targetOf('x', 'network'), targetOf('y', 'host')]
    expect(problemsOf(() => writeTargets(os, targets))).toHaveLength(1)
    expect(orderOf(os)).toEqual(['w 5', 'w 1'])
  })

  test('what others want is refused at once also behind them', () => {
    const os = createOs({ x: 'y' })
    const targets = [targetOf('w', 'host'), targetOf('x', 'network'), targetOf('y', 'network')]
    expect(problemsOf(() => writeTargets(os, targets))).toHaveLength(1)
    expect(orderOf(os)).toEqual(['w 5', 'w 1'])
  })
})

test('what holds the value already and may not be written is not among those that were written', () => {
  const os = createOs({}, { [`${SYS}/x`]: { text: '5\n', writeFails: 'EPERM' } })
  const held = { ...targetOf('x', 'network'), before: '5' }
  expect(namesOf(writeTargets(os, [held, targetOf('y', 'network')]))).toEqual(['net.a.y'])
})

test('what a stranger has set to the value meanwhile, and may not be written, is put back with the rest', () => {
  const os = createOs({}, { [`${SYS}/x`]: { text: '5\n', writeFails: 'EPERM' } })
  expect(namesOf(writeTargets(os, [targetOf('x', 'network')]))).toEqual(['net.a.x'])
})
