import { describe, expect, test } from 'vitest'
import { OsError } from '../../../plugin/os/os.ts'
import type { Surroundings } from '../../../plugin/subject/surroundings.ts'
import { parseSysctlKey } from '../../../plugin/sysctl/key.ts'
import { createSysctlSubject } from '../../../plugin/sysctl/subject.ts'
import { errorOf } from '../../helpers/errors.ts'
import { createFakeOs, type FakeFile } from '../../helpers/fake-os.ts'

const PATH = '/proc/sys/net/core/somaxconn'
const SUBJECT = createSysctlSubject(parseSysctlKey('net/core/somaxconn'))

function createOs(file: FakeFile) {
  return createFakeOs({ netns: { host: { [PATH]: file } } })
}

test('a sysctl is called by its canonical key', () => {
  expect([SUBJECT.id, SUBJECT.name]).toEqual(['net.core.somaxconn', 'net.core.somaxconn'])
})

test.each([
  [{ text: '4096\n' }, '4096'],
  [{ text: '1\t2\t3\n' }, '1\t2\t3'],
  [{ text: '' }, ''],
  [{ text: '4096' }, '4096'],
  [{ text: 'a\nb\n' }, 'a\nb'],
  [{ text: '', mode: 0o200 }, undefined],
])('%j reads as %j', (file, value) => {
  expect(SUBJECT.read(createOs(file))).toBe(value)
})

test('a secret that was never set has no value, and nothing else that cannot be read', () => {
  const path = '/proc/sys/net/ipv6/conf/eth0/stable_secret'
  const os = createFakeOs({ netns: { host: { [path]: { text: '', readFails: 'EIO' } } } })
  expect(createSysctlSubject(parseSysctlKey('net.ipv6.conf.eth0.stable_secret')).read(os)).toBe(undefined)
  for (const errno of ['EIO', 'EACCES', 'ENOMEM']) {
    expect(errorOf(() => SUBJECT.read(createOs({ text: '1', readFails: errno })))).toEqual(
      new OsError(errno, 'read', PATH),
    )
  }
})

test('what is not there cannot be read', () => {
  expect(errorOf(() => SUBJECT.read(createFakeOs({})))).toEqual(new OsError('ENOENT', 'open', PATH))
})

test('a value is written with a newline', () => {
  const os = createOs({ text: '1\n' })
  SUBJECT.prepare(os)
  SUBJECT.write(os, '2')
  expect(os.readFile(PATH)).toBe('2\n')
})

test('a value is kept as the kernel shows it', () => {
  expect([SUBJECT.isKept('0x10', '16'), SUBJECT.isKept('0x10', '10')]).toEqual([true, false])
})

test('the surroundings say why it cannot be read, the kernel why a value is refused', () => {
  const around: Surroundings = { inNetns: new Map(), onHost: undefined, links: [], release: '6.18.44' }
  expect(SUBJECT.explainTarget(new OsError('ENOENT', 'open', PATH), () => around)).toBe(
    'does not exist on Linux 6.18.44',
  )
  expect(SUBJECT.explainRefusal(createFakeOs({}), '-1', new OsError('EINVAL', 'write', PATH), '1')).toBe(
    'the kernel refuses "-1" (EINVAL): out of range; it holds "1"',
  )
})

test('what is mounted over /proc/sys is the reason, without a look at the surroundings', () => {
  const error = new OsError('EINVAL', 'statfs', PATH)
  const reason = 'is not available (EINVAL): something other than procfs is mounted over /proc/sys'
  expect(SUBJECT.explainTarget(error, () => expect.unreachable())).toBe(reason)
})

describe('a sysctl and the calls that it costs', () => {
  const fails = (): never => {
    throw new OsError('EINVAL', 'statfs', PATH)
  }
  const subject = () => createSysctlSubject(parseSysctlKey('net.core.somaxconn'))

  test('one that cannot be opened is not asked for anything else', () => {
    expect(errorOf(() => subject().prepare({ ...createOs({ text: '1\n' }), openSysctl: fails }))).toMatchObject({
      call: 'statfs',
    })
  })

  test('one that is open is known to be writable', () => {
    subject().prepare({ ...createOs({ text: '1\n' }), checkWritable: fails })
  })

  test('one that is not open is read and written by its path', () => {
    const os = { ...createOs({ text: '1\n' }), readSysctl: fails, writeSysctl: fails }
    const unopened = subject()
    unopened.write(os, '2')
    expect(unopened.read(os)).toBe('2')
  })
})

describe('a sysctl that was prepared', () => {
  const netns = '/run/netns/a'

  function prepare(file: FakeFile) {
    const os = createFakeOs({ netns: { [netns]: { [PATH]: file } } })
    const subject = createSysctlSubject(parseSysctlKey('net.core.somaxconn'))
    os.enterNetns(os.openNetns(netns))
    subject.prepare(os)
    return { os, subject }
  }

  test('is read and written in the netns in which it was', () => {
    const { os, subject } = prepare({ text: '1\n' })
    os.leaveNetns()
    subject.write(os, '2')
    expect([subject.read(os), os.textOf(netns, PATH)]).toEqual(['2', '2'])
  })

  test('is looked for again after it went away', () => {
    const { os, subject } = prepare({ text: '1\n' })
    os.state.trees.get(netns)?.delete(PATH)
    expect(errorOf(() => subject.read(os))).toEqual(new OsError('ENOENT', 'open', PATH))
    expect(errorOf(() => subject.write(os, '2'))).toEqual(new OsError('ENOENT', 'open', PATH))
    os.state.trees.get(netns)?.set(PATH, { text: '3\n' })
    expect(subject.read(os)).toBe('3')
    subject.write(os, '4')
    expect(subject.read(os)).toBe('4')
  })

  test('may be one that can only be written', () => {
    const { os, subject } = prepare({ text: '', mode: 0o200 })
    subject.write(os, '1')
    expect([subject.read(os), os.textOf(netns, PATH)]).toEqual([undefined, '1'])
  })

  test.each([
    [{ text: '1\n', mode: 0o444 }, 'EACCES'],
    [{ text: '1\n', mode: 0o444, writeFails: 'EROFS' }, 'EROFS'],
  ])('is not %j', (file, errno) => {
    expect(errorOf(() => prepare(file))).toMatchObject({ errno, path: PATH })
  })

  test('keeps the reason for which the kernel refuses a value', () => {
    const { os, subject } = prepare({ text: '1\n', writeFails: 'EINVAL' })
    expect(errorOf(() => subject.write(os, '2'))).toEqual(new OsError('EINVAL', 'write', PATH))
    const unknown = prepare({ text: 'cubic\n', writeFails: 'ENOENT' })
    expect(errorOf(() => unknown.subject.write(unknown.os, 'x'))).toEqual(new OsError('ENOENT', 'write', PATH))
  })
})
