import { describe, expect, test } from 'vitest'
import { typed } from '../../../helpers/cli.ts'
import { createElf } from '../../../helpers/fake-elf.ts'
import type { FakeFile, FakeFiles } from '../../../helpers/fake-os.ts'

const LOADER = '/lib64/ld-linux-x86-64.so.2'
const SELF = createElf({
  interpreter: LOADER,
  needed: { 'libatomic.so.1': [], 'libstdc++.so.6': ['GLIBCXX_3.4.21', 'CXXABI_1.3'], 'libc.so.6': ['GLIBC_2.28'] },
})
const library = (versions: readonly string[] = [], machine = 62) => createElf({ versions, machine })
const link = (text: string): FakeFile => ({ text, kind: 'link', mode: 0o777 })

/** The root of a node as Debian has it. */
const DEBIAN: FakeFiles = {
  '/host/lib': link('usr/lib'),
  '/host/lib64': link('/usr/lib64'),
  '/host/usr/lib64/ld-linux-x86-64.so.2': link('../lib/x86_64-linux-gnu/ld-2.36.so'),
  '/host/usr/lib/x86_64-linux-gnu/ld-2.36.so': library(),
  '/host/usr/lib/x86_64-linux-gnu/libatomic.so.1': link('libatomic.so.1.2.0'),
  '/host/usr/lib/x86_64-linux-gnu/libatomic.so.1.2.0': library(),
  '/host/usr/lib/x86_64-linux-gnu/libstdc++.so.6': library(['GLIBCXX_3.4.21', 'CXXABI_1.3']),
  '/host/usr/lib/x86_64-linux-gnu/libc.so.6': library(['GLIBC_2.28']),
}

const ATOMIC = '/host/usr/lib/x86_64-linux-gnu/libatomic.so.1'

function install(files: FakeFiles, args: readonly string[] = ['--host-root', '/host'], self = SELF) {
  const present = Object.entries(files).filter(([, file]) => file !== '')
  return typed(['install', '--bin-dir', '/host/opt/cni/bin', ...args], {
    files: { '/proc/self/exe': self, '/host/opt/cni/bin/bridge': 'ELF', ...Object.fromEntries(present) },
  })
}

const NATIVE = 'the native executable needs no library'
const refused = (files: FakeFiles) => {
  const { exitCode, stderr, os } = install(files)
  expect([exitCode, os.writes]).toEqual([2, []])
  return stderr
}

test('an executable that finds all in the host is copied', () => {
  expect(install(DEBIAN)).toMatchObject({ exitCode: 0, stderr: '' })
})

test('a static one needs nothing', () => {
  expect(install({}, ['--host-root', '/host'], createElf({}))).toMatchObject({ exitCode: 0, stderr: '' })
})

describe('before anything is done, it says what is missing in the host', () => {
  test.each(['libatomic.so.1', 'libatomic.so.1.2.0'])('where %s is not there, with the package', (name) => {
    const files = { ...DEBIAN, [`/host/usr/lib/x86_64-linux-gnu/${name}`]: '' }
    expect(refused(files)).toBe(
      `netns-sysctl: this executable would not start on the node: libatomic.so.1 is not there (apt-get install libatomic1, or dnf install libatomic); ${NATIVE}\n`,
    )
  })

  test('of another machine', () => {
    const files = { ...DEBIAN, '/host/usr/lib/x86_64-linux-gnu/libatomic.so.1.2.0': library([], 183) }
    expect(refused(files)).toContain('libatomic.so.1 is not there (apt-get install libatomic1')
  })

  test('that is too old, and all at once', () => {
    const files = {
      ...DEBIAN,
      '/host/usr/lib/x86_64-linux-gnu/libc.so.6': library(['GLIBC_2.17']),
      '/host/usr/lib/x86_64-linux-gnu/libstdc++.so.6': library(['CXXABI_1.3']),
    }
    expect(refused(files)).toContain(
      'libstdc++.so.6 is too old: it has no GLIBCXX_3.4.21; libc.so.6 is too old: it has no GLIBC_2.28;',
    )
  })

  test('without glibc at all', () => {
    expect(refused({ '/host/lib/ld-musl-x86_64.so.1': library() })).toBe(
      `netns-sysctl: this executable would not start on the node: ${LOADER} is missing, so the glibc that it needs is missing; ${NATIVE}\n`,
    )
  })

  test('and with --unchecked it installs all the same', () => {
    const { exitCode, stderr } = install({}, ['--host-root', '/host', '--unchecked'])
    expect(exitCode).toBe(0)
    expect(stderr).toBe(
      `netns-sysctl: warning: this executable would not start on the node: ${LOADER} is missing, so the glibc that it needs is missing; ${NATIVE}\n`,
    )
  })
})

test.each([
  ['a folder', '/opt/lib\n'],
  ['an included file', 'include /etc/ld.so.conf.d/*.conf\n'],
  ['a relative include, behind a comment', '# more\ninclude ld.so.conf.d/*.conf # here\n'],
])('libraries may be where ld.so.conf says: %s', (_, text) => {
  const files = {
    ...DEBIAN,
    [ATOMIC]: '',
    '/host/etc/ld.so.conf': text,
    '/host/etc/ld.so.conf.d/x.conf': '/opt/lib\n',
    '/host/opt/lib/libatomic.so.1': library(),
  }
  expect(install(files)).toMatchObject({ exitCode: 0, stderr: '' })
})

test('links that lead in a circle lead nowhere', () => {
  const files = { ...DEBIAN, '/host/usr/lib/x86_64-linux-gnu/libatomic.so.1.2.0': link('libatomic.so.1') }
  expect(refused(files)).toContain('libatomic.so.1 is not there')
})

describe('inside a container', () => {
  const mounts = (root: string) =>
    `22 1 0:20 / / rw - ${root} none rw\n23 22 8:1 /opt /host/opt/cni/bin rw shared:1 - ext4 /dev/sda1 rw\n`

  test('without --host-root nobody can tell, which is said', () => {
    const { exitCode, stderr } = install({ '/proc/self/mountinfo': mounts('overlay') }, [])
    expect([exitCode, stderr]).toEqual([
      2,
      `netns-sysctl: whether the node has the libraries that this executable needs cannot be seen from inside this container: mount the node's / and name it with --host-root; ${NATIVE}\n`,
    ])
  })

  test('a static one is installed all the same', () => {
    expect(install({ '/proc/self/mountinfo': mounts('overlay') }, [], createElf({})).exitCode).toBe(0)
  })

  test('a node whose plugins are on a disk of their own is none', () => {
    const files = Object.fromEntries(Object.entries(DEBIAN).map(([path, file]) => [path.replace('/host', ''), file]))
    expect(install({ ...files, '/proc/self/mountinfo': mounts('ext4') }, [])).toMatchObject({ exitCode: 0, stderr: '' })
  })
})
