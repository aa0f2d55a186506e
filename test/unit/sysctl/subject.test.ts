import { expect, test } from 'vitest'
import { OsError } from '../../../plugin/os/os.ts'
import type { Surroundings } from '../../../plugin/plan/subject.ts'
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
  [{ text: 'a\nb\n' }, 'a\nb'],
  [{ text: '', mode: 0o200 }, undefined],
  [{ text: '', readFails: 'EIO' }, undefined],
])('%j reads as %j', (file, value) => {
  expect(SUBJECT.read(createOs(file))).toBe(value)
})

test('what is not there cannot be read', () => {
  expect(errorOf(() => SUBJECT.read(createFakeOs({})))).toEqual(new OsError('ENOENT', 'open', PATH))
})

test('a value is written with a newline', () => {
  const os = createOs({ text: '1\n' })
  SUBJECT.checkWritable(os)
  SUBJECT.write(os, '2')
  expect(os.readFile(PATH)).toBe('2\n')
})

test('a value is kept as the kernel shows it', () => {
  expect([SUBJECT.isKept('0x10', '16'), SUBJECT.isKept('0x10', '10')]).toEqual([true, false])
})

test('the surroundings say why it cannot be read, the kernel why a value is refused', () => {
  const around: Surroundings = { inNetns: new Map(), onHost: new Map(), links: [], release: '6.18.44' }
  expect(SUBJECT.explainTarget(new OsError('ENOENT', 'open', PATH), () => around)).toBe(
    'does not exist on Linux 6.18.44',
  )
  expect(SUBJECT.explainRefusal(createFakeOs({}), '-1', new OsError('EINVAL', 'write', PATH), '1')).toBe(
    'the kernel refuses "-1" (EINVAL): out of range; it holds "1"',
  )
})
