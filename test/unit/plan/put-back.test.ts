import { expect, test } from 'vitest'
import { writeTargets } from '../../../plugin/plan/apply.ts'
import { lookAtEach } from '../../../plugin/plan/look.ts'
import type { Write } from '../../../plugin/plan/plan.ts'
import { verifyTargets } from '../../../plugin/plan/verify.ts'
import { parseSysctlKey } from '../../../plugin/sysctl/key.ts'
import { createSysctlSubject } from '../../../plugin/sysctl/subject.ts'
import { errorOf, problemsOf } from '../../helpers/errors.ts'
import { createFakeOs, type FakeFiles, type FakeOs, HOST, OF_FIRST_NETNS, refuse } from '../../helpers/fake-os.ts'

const SYS = '/proc/sys/net'

function writeOf(name: string, value = '5', more: Partial<Write> = {}): Write {
  const subject = createSysctlSubject(parseSysctlKey(name))
  return { subject, value, origin: 'network', onFailure: 'fail', ...more }
}

const createOs = (files: FakeFiles): FakeOs => createFakeOs({ netns: { [HOST]: { ...OF_FIRST_NETNS, ...files } } })
const textsOf = (os: FakeOs, ...names: string[]) => names.map((name) => os.textOf(HOST, `${SYS}/a/${name}`))

test('what putting back another has changed is put back once more', () => {
  const file = (name: string) => os.state.trees.get(HOST)?.get(`${SYS}/a/${name}`)
  const both = (text: string) => {
    const other = file('x')
    if (other !== undefined) other.text = text
    return text
  }
  const refusing = { text: '1\n', writeFails: 'EINVAL' }
  const os: FakeOs = createOs({
    [`${SYS}/a/all`]: { text: '2\n', accept: both },
    [`${SYS}/a/x`]: '1\n',
    [`${SYS}/a/z`]: refusing,
  })
  const { targets } = lookAtEach(os, [writeOf('net.a.all'), writeOf('net.a.x', '6'), writeOf('net.a.z')])
  expect(problemsOf(() => writeTargets(os, targets))[0]?.details).toBe('everything written before was put back')
  expect(textsOf(os, 'all', 'x')).toEqual(['2', '1'])
})

test('what is written before a replacement that cannot be recorded is put back', () => {
  const os = createOs({ [`${SYS}/a/x`]: '1\n', [`${SYS}/a/y`]: { text: '2\n', accept: () => refuse('EINVAL') } })
  const copied = writeOf('net.a.y', '6', { origin: 'host', onFailure: 'skip', instead: writeOf('net.a.y', '7') })
  const { targets } = lookAtEach(os, [writeOf('net.a.x'), copied])
  const full = new Error('the disk is full')
  const record = () => {
    expect(textsOf(os, 'x')).toEqual(['5'])
    throw full
  }
  expect(errorOf(() => writeTargets(os, targets, record))).toBe(full)
  expect(textsOf(os, 'x', 'y')).toEqual(['1', '2'])
})

test.each([
  ['EBUSY', 'the kernel refuses "5" (EBUSY)'],
  ['EPERM', 'may not be written by the plugin (EPERM); it must run as root, outside any container'],
])('the refusal of what had no value tells no value: %s', (writeFails, reason) => {
  const os = createOs({ [`${SYS}/a/x`]: { text: '', mode: 0o200, writeFails } })
  const { targets } = lookAtEach(os, [writeOf('net.a.x')])
  expect(problemsOf(() => writeTargets(os, targets))).toMatchObject([{ code: 101, msg: `net.a.x: ${reason}` }])
})

test('what is gone when it is read back is no deviation', () => {
  const os = createOs({ [`${SYS}/a/x`]: '1\n', [`${SYS}/a/y`]: { text: '1\n', accept: () => '7\n' } })
  const { targets } = lookAtEach(os, [writeOf('net.a.x'), writeOf('net.a.y')])
  const written = writeTargets(os, targets)
  os.state.trees.get(HOST)?.delete(`${SYS}/a/x`)
  expect(verifyTargets(os, written).map(({ write }) => write.subject.name)).toEqual(['net.a.y'])
})

test.each([
  ['nothing stands against it', [writeOf('net.a.x')], 1],
  ['what must not fail would', [writeOf('net.a.x'), writeOf('net.a.nosuch')], 0],
  ['only what may fail would', [writeOf('net.a.nosuch', '5', { onFailure: 'log' }), writeOf('net.a.x')], 1],
  ['all may fail and would', [writeOf('net.a.nosuch', '5', { onFailure: 'log' })], 0],
])(
  'before the first value is read, it is said that something will be written, unless nothing will: %s',
  (_, plan, times) => {
    const os = createOs({ [`${SYS}/a/x`]: '1\n' })
    let said = 0
    lookAtEach(os, plan, () => {
      said += 1
    })
    expect(said).toBe(times)
  },
)
