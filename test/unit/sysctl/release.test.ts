import { describe, expect, test } from 'vitest'
import { isOlderThan, readRelease } from '../../../plugin/sysctl/release.ts'
import { createFakeOs, type FakeFiles } from '../../helpers/fake-os.ts'

const RELEASE = '/proc/sys/kernel/osrelease'
const VERSION = '/proc/sys/kernel/version'

describe('the release of a kernel', () => {
  test.each<[string, FakeFiles, string]>([
    ['of the kernel project', { [RELEASE]: '6.18.44\n' }, '6.18.44'],
    ['of more than one digit', { [RELEASE]: '10.11.12-x\n' }, '10.11.12'],
    ['of somebody who adds to it', { [RELEASE]: '6.18.44-fc-v782\n', [VERSION]: '#1 SMP @0\n' }, '6.18.44'],
    [
      'of Debian 11, which keeps the number of its ABI in it',
      { [RELEASE]: '5.10.0-46-amd64\n', [VERSION]: '#1 SMP Debian 5.10.262-1 (2026-10-01)\n' },
      '5.10.262',
    ],
    [
      'of Debian 13, which has more in it',
      { [RELEASE]: '6.12.117+deb13-amd64\n', [VERSION]: '#1 SMP PREEMPT_DYNAMIC Debian 6.12.117-1 (2026-10-02)\n' },
      '6.12.117',
    ],
    ['of Debian, without the other file', { [RELEASE]: '6.12.117+deb13-arm64-16k\n' }, '6.12.117'],
    [
      'of Ubuntu',
      {
        [RELEASE]: '5.15.0-91-generic\n',
        [VERSION]: '#101-Ubuntu SMP Tue Nov 14 13:30:08 UTC 2023\n',
        '/proc/version_signature': 'Ubuntu 5.15.0-91.101-generic 5.15.131\n',
      },
      '5.15.131',
    ],
    ['of Red Hat', { [RELEASE]: '5.14.0-427.13.1.el9_4.x86_64\n', [VERSION]: '#1 SMP PREEMPT_DYNAMIC\n' }, '5.14.0'],
    ['of a series', { [RELEASE]: '6.19-rc3\n' }, '6.19'],
    [
      "of one that was built on Debian from others' sources",
      { [RELEASE]: '6.18.1\n', [VERSION]: '#1 SMP Debian 12.2.0-14 (now)\n' },
      '6.18.1',
    ],
    [
      'of Debian, of more than one digit',
      { [RELEASE]: '10.11.0-1-amd64\n', [VERSION]: '#1 SMP Debian 10.11.12-1 (now)\n' },
      '10.11.12',
    ],
    [
      'of Ubuntu, of more than one digit',
      { [RELEASE]: '10.11.0-1-generic\n', '/proc/version_signature': 'Ubuntu 10.11.0-1.1-generic 10.11.12\n' },
      '10.11.12',
    ],
    [
      'of one that only names Ubuntu',
      { [RELEASE]: '6.8.0-1\n', '/proc/version_signature': 'like Ubuntu 6.8.0-1 6.8.7\n' },
      '6.8.0',
    ],
    [
      'of one that was built on a Debian with a kernel of nearly its number',
      { [RELEASE]: '5.10.0\n', [VERSION]: '#1 SMP Debian 5.1.3-1 (now)\n' },
      '5.10.0',
    ],
    ['that is like no other', { [RELEASE]: 'next\n' }, 'next'],
    ['that does not start with a number', { [RELEASE]: 'next-6.1\n' }, 'next-6.1'],
  ])('%s', (_, files, release) => expect(readRelease(createFakeOs({ files }))).toBe(release))
})

test.each([
  ['5.10.262', '5.12', true],
  ['5.11', '5.12', true],
  ['4.19.0', '5.12', true],
  ['5.12.0', '5.12', false],
  ['5.100.1', '5.12', false],
  ['6.1.176', '5.12', false],
  ['10.0', '5.12', false],
  ['next', '5.12', false],
])('%s is older than %s: %s', (release, series, expected) => expect(isOlderThan(release, series)).toBe(expected))
