import { describe, expect, test } from 'vitest'
import { WriteError, writeTargets } from '../../../plugin/plan/apply.ts'
import { lookAtTargets } from '../../../plugin/plan/look.ts'
import type { Write } from '../../../plugin/plan/plan.ts'
import { verifyTargets } from '../../../plugin/plan/verify.ts'
import { parseSysctlKey } from '../../../plugin/sysctl/key.ts'
import { createSysctlSubject } from '../../../plugin/sysctl/subject.ts'
import { errorOf, problemsOf } from '../../helpers/errors.ts'
import { createFakeOs, type FakeFiles, HOST, OF_FIRST_NETNS, refuse } from '../../helpers/fake-os.ts'
import { NODE_FILES } from '../../helpers/requests.ts'

const SYS = '/proc/sys/net'

function writeOf(name: string, value: string, onFailure: Write['onFailure'] = 'fail'): Write {
  return { subject: createSysctlSubject(parseSysctlKey(name)), value, origin: 'network', onFailure }
}

function createOs(files: FakeFiles) {
  return createFakeOs({ netns: { [HOST]: { ...OF_FIRST_NETNS, ...files } }, files: NODE_FILES })
}

describe('a target that cannot work', () => {
  test('is left out without a word where only a glob took it', () => {
    const os = createOs({ [`${SYS}/a/x`]: '1\n', [`${SYS}/a/y`]: { text: '1\n', mode: 0o444 } })
    const plan = [
      writeOf('net.a.nosuch', '1', 'skip'),
      writeOf('net.a.x', '2', 'skip'),
      writeOf('net.a.y', '2', 'skip'),
    ]
    expect(lookAtTargets(os, plan).map(({ write }) => write.subject.name)).toEqual(['net.a.x'])
    expect(os.stderr()).toBe('')
  })

  test('is told with all others of the same reason, in the order of the first', () => {
    const os = createOs({ [`${SYS}/a/x`]: '1\n', '/proc/thread-self/net/dev': 'a\nb\n  lo: 0\n' })
    const names = ['net.zz.one', 'net.ipv4.conf.eth0.x', 'net.zz.two', 'net.ipv4.conf.eth0.y']
    expect(
      problemsOf(() =>
        lookAtTargets(
          os,
          names.map((name) => writeOf(name, '1')),
        ),
      ).map(({ msg }) => msg),
    ).toEqual([
      'net.zz.one, net.zz.two: does not exist on Linux 6.18.44',
      'net.ipv4.conf.eth0.x, net.ipv4.conf.eth0.y: there is no interface eth0 here; there is lo',
    ])
  })
})

describe('a write that the kernel refuses', () => {
  const once = (text: string) => (text === '5\n' ? text : refuse('EBUSY'))
  const refusing = { text: '1\n', writeFails: 'EINVAL' }

  test.each([
    ['everything', '1\n', true],
    ['not everything', { text: '1\n', accept: once }, false],
  ])('says that %s was put back', (_, file, isUndone) => {
    const os = createOs({ [`${SYS}/a/x`]: file, [`${SYS}/a/y`]: refusing })
    const targets = lookAtTargets(os, [writeOf('net.a.x', '5'), writeOf('net.a.y', '5')])
    const error = errorOf(() => writeTargets(os, targets))
    expect(error).toBeInstanceOf(WriteError)
    expect(error).toMatchObject({ name: 'WriteError', isUndone, code: 101 })
  })

  test('is logged and ignored where only a glob took it', () => {
    const os = createOs({ [`${SYS}/a/x`]: refusing, [`${SYS}/a/y`]: '1\n' })
    writeTargets(os, lookAtTargets(os, [writeOf('net.a.x', '5', 'skip'), writeOf('net.a.y', '5', 'skip')]))
    expect([os.stderr(), os.textOf(HOST, `${SYS}/a/y`)]).toEqual([
      'netns-sysctl: net.a.x: not set (EINVAL), ignored because only a glob took it\n',
      '5',
    ])
  })
})

test('reading back tells what the kernel made of the values', () => {
  const os = createOs({
    [`${SYS}/a/x`]: { text: '1\n', accept: () => '7\n' },
    [`${SYS}/a/y`]: '1\n',
    [`${SYS}/a/z`]: { text: '', mode: 0o200 },
  })
  const targets = lookAtTargets(os, [writeOf('net.a.x', '5'), writeOf('net.a.y', '0x5'), writeOf('net.a.z', '5')])
  writeTargets(os, targets)
  expect(verifyTargets(os, targets).map(({ write, after }) => [write.subject.name, after])).toEqual([['net.a.x', '7']])
})
