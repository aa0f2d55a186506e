import { describe, expect, test } from 'vitest'
import { typed } from '../../../helpers/cli.ts'
import { type FakeFile, type FakeFiles, refuse } from '../../../helpers/fake-os.ts'

const FILE = '/etc/cni/net.d/10-x.conflist'
const INSTALL = ['install', '--sysctl', 'net.core.somaxconn=5']
/** A kernel that refuses values above 65535. */
const fresh: FakeFiles = {
  '/proc/sys/net/core/somaxconn': integer('4096\n'),
  '/proc/sys/net/ipv4/ip_forward': integer('0\n'),
}

function integer(text: string): FakeFile {
  return { text, accept: (given) => (/^\d{1,5}\n$/.test(given) ? given : refuse('EINVAL')) }
}

/** A file whose entry is on line 6, with its members from column 7 on. */
function filesWith(entry: object, more: FakeFiles = {}): FakeFiles {
  const own = JSON.stringify({ type: 'netns-sysctl', ...entry }, undefined, 2).replaceAll('\n', '\n    ')
  const text = `{\n  "cniVersion": "1.0.0",\n  "name": "x",\n  "plugins": [\n    { "type": "bridge" },\n    ${own}\n  ]\n}\n`
  return { '/proc/self/exe': 'this executable', '/opt/cni/bin/bridge': 'ELF', [FILE]: text, ...more }
}

function refusal(args: readonly string[], files: FakeFiles, machine = {}): string {
  const ran = typed(args, { fresh, files, ...machine })
  expect(ran).toMatchObject({ exitCode: 2, stdout: '' })
  expect(ran.os.writes).toEqual([])
  return ran.stderr
}

describe('install rehearses the entry with what the file has already', () => {
  test('a member that stays, with its place in the file', () => {
    expect(refusal(INSTALL, filesWith({ inherit: ['net.core.nosuch'] }))).toBe(
      `netns-sysctl: ${FILE}:9:9: net.core.nosuch: cannot be copied from the host: does not exist on Linux 6.18.44\n`,
    )
  })

  test.each<[string, object, string]>([
    [
      'a profile',
      { profiles: { web: { sysctl: { 'net.ipv4.ip_forward': 'abc' } } }, namespaces: { a: { profile: 'web' } } },
      `${FILE}:11:13: net.ipv4.ip_forward: "abc" must be one integer; it holds "0"`,
    ],
    [
      'every profile',
      {
        profiles: { good: { sysctl: {} }, web: { sysctl: { 'net.ipv4.ip_forward': '123456' } } },
        namespaces: { a: { profile: 'good' }, b: { profile: 'web' } },
      },
      `${FILE}:14:13: net.ipv4.ip_forward: the kernel refuses "123456" (EINVAL): out of range; it holds "0"`,
    ],
    [
      'a namespace with a profile that there is not',
      { namespaces: { 'a-*': { profile: 'nosuch' } } },
      `${FILE}:10:11: profile "nosuch" is not a profile; there are none`,
    ],
    [
      'a glob that pods may set',
      { pod: { allow: ['net.*.x.'] }, capabilities: { 'io.kubernetes.cri.pod-annotations': true } },
      `${FILE}:10:11: pod.allow[0] "net.*.x." has an empty segment`,
    ],
    ['an MTU', { mtu: 70000 }, `${FILE}:8:7: mtu of eth0: the kernel refuses 70000`],
  ])('%s', (_, entry, message) => {
    expect(refusal(INSTALL, filesWith(entry))).toContain(message)
  })

  test('what the options replace does not count', () => {
    const files = filesWith({ sysctl: { 'net.core.somaxconn': 'abc' } })
    expect(typed(INSTALL, { fresh, files })).toMatchObject({ exitCode: 0, stderr: '' })
    expect(typed(['install', '--inherit', 'net.core.somaxconn'], { fresh, files }).stderr).toContain(
      `${FILE}:9:9: net.core.somaxconn: "abc" must be one integer`,
    )
  })

  test('places are those of the file as it is, also below what the options shorten', () => {
    const sysctl = { 'net.core.somaxconn': '4', 'net.ipv4.ip_forward': '0' }
    expect(refusal(INSTALL, filesWith({ sysctl, inherit: ['net.core.nosuch'] }))).toContain(
      `${FILE}:13:9: net.core.nosuch`,
    )
  })

  test('what comes from the options has no place', () => {
    const files = filesWith({ inherit: ['net.ipv4.ip_forward'] })
    expect(refusal(['install', '--sysctl', 'net.core.somaxconn=123456'], files)).toMatch(
      /^netns-sysctl: net\.core\.somaxconn: the kernel refuses "123456"/,
    )
  })

  test('an entry of the other kind is not touched, and not rehearsed', () => {
    const files = filesWith({ sysctl: { 'net.core.nosuch': '1' } })
    expect(typed([...INSTALL, '--first'], { fresh, files })).toMatchObject({ exitCode: 0, stderr: '' })
  })

  test('one with `first` is rehearsed without an interface', () => {
    const files = {
      ...filesWith({}),
      [FILE]: '{"name":"x","plugins":[{"type":"netns-sysctl","first":true,"mtu":1400},{"type":"bridge"}]}',
    }
    expect(refusal([...INSTALL, '--first'], files)).toContain(`${FILE}:1:`)
    expect(refusal(['install', '--first', '--sysctl', 'net.ipv4.conf.IFNAME.rp_filter=1'], filesWith({}))).toContain(
      'IFNAME',
    )
  })

  test('with --entry only that counts', () => {
    const files = filesWith({ inherit: ['net.core.nosuch'] }, { '/e.json': '{"sysctl":{"net.core.somaxconn":5}}' })
    expect(typed(['install', '--entry', '/e.json'], { fresh, files })).toMatchObject({ exitCode: 0, stderr: '' })
  })

  test('tuning behind it is told of', () => {
    const text = `{"name":"x","plugins":[{"type":"bridge"},{"type":"tuning","sysctl":{"net.core.somaxconn":"9"}}]}`
    const files = { ...filesWith({}), [FILE]: text }
    expect(typed([...INSTALL, '--first'], { fresh, files }).stderr).toBe(
      'netns-sysctl: warning: net.core.somaxconn: "5" does not last: tuning comes later and sets "9"\n',
    )
  })

  test('an entry of the copy counts as it comes from the source', () => {
    const files = filesWith({ inherit: ['net.core.nosuch'] })
    expect(refusal([...INSTALL, '--own-file', '05-own.conflist'], files)).toContain(`${FILE}:9:9: net.core.nosuch`)
  })
})

describe('install --watch rehearses both: with what the file has, and as it is after an agent has written that anew', () => {
  const WATCH = [...INSTALL, '--watch']

  test('either is refused', () => {
    expect(refusal(WATCH, filesWith({ inherit: ['net.core.nosuch'] }))).toContain(`${FILE}:9:9: net.core.nosuch`)
    expect(refusal(['install', '--watch', '--sysctl', 'net.core.somaxconn=x'], filesWith({}))).toContain('one integer')
  })

  test('what both have is told once', () => {
    const ran = typed(['install', '--watch', '--sysctl', 'net.ipv4.conf.eth1.rp_filter=1'], {
      fresh,
      files: filesWith({ mtu: 1400 }),
    })
    expect(ran.stderr.match(/only a container with an interface eth1/g)).toHaveLength(1)
  })

  test('without a network the options count alone, and what is half written is waited for', () => {
    for (const text of ['{"plugins": [', undefined]) {
      const { [FILE]: _, ...rest } = filesWith({})
      const files = text === undefined ? { ...rest, '/etc/cni/net.d/README': '' } : { ...rest, [FILE]: text }
      const ran = typed(WATCH, { fresh, files })
      expect(ran.exitCode).toBe(0)
      expect(ran.stderr).not.toContain('not checked')
    }
  })

  test('with --unchecked it says that nothing was rehearsed', () => {
    const ran = typed([...WATCH, '--unchecked'], { fresh, files: filesWith({ inherit: ['net.core.nosuch'] }) })
    expect(ran.exitCode).toBe(0)
    expect(ran.stderr).toMatch(/^netns-sysctl: not checked: with --watch --unchecked nothing is rehearsed;/)
  })
})
