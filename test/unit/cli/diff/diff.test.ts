import { describe, expect, test } from 'vitest'
import { type Machine, typed } from '../../../helpers/cli.ts'
import { usualNetns } from '../../../helpers/fake-os.ts'
import { listOf } from '../../../helpers/lint.ts'
import { CONTAINER, ETH0 } from '../../../helpers/requests.ts'

const FILE = '/etc/cni/net.d/10-x.conflist'

const diff = (entry: Readonly<Record<string, unknown>>, args: readonly string[] = [], machine: Machine = {}) => {
  const { files, ...rest } = machine
  return typed(['diff', '--netns', CONTAINER, FILE, ...args], {
    netns: { [CONTAINER]: usualNetns() },
    links: { [CONTAINER]: { eth0: ETH0 } },
    ...rest,
    files: { [FILE]: listOf(entry), ...files },
  })
}

describe('a container', () => {
  test('that has all that is asked for gives 0', () => {
    expect(
      diff({ sysctl: { 'net.core.somaxconn': 4096, 'net.ipv4.ip_local_port_range': '32768 60999' } }),
    ).toMatchObject({
      exitCode: 0,
      stdout: `SETTING                       WANTED       CONTAINER
net.core.somaxconn            4096         4096
net.ipv4.ip_local_port_range  32768 60999  32768 60999
`,
      stderr: '',
    })
  })

  test('that has something else gives 1', () => {
    expect(diff({ mtu: 1400, sysctl: { 'net.core.somaxconn': 1, 'net.ipv4.ip_forward': false } })).toMatchObject({
      exitCode: 1,
      stdout: `SETTING              WANTED  CONTAINER
mtu of eth0          1400    1500       differs
net.core.somaxconn   1       4096       differs
net.ipv4.ip_forward  0       0
`,
    })
  })

  test('that lacks something has the reason told', () => {
    const sysctl = { 'net.core.somaxcon': 1, 'net.core.netdev_max_backlog': 1, 'net.ipv4.conf.IFNAME.rp_filter': 1 }
    expect(diff({ sysctl }, ['--ifname', 'net1']).stdout).toBe(
      `SETTING                       WANTED  CONTAINER
net.core.netdev_max_backlog   1       -          exists only on the host on Linux 6.18.44, for the whole node; set it there, in /etc/sysctl.d
net.core.somaxcon             1       -          does not exist on Linux 6.18.44; did you mean net.core.somaxconn?
net.ipv4.conf.net1.rp_filter  1       -          there is no interface net1 here; there are lo, eth0
`,
    )
  })

  test('may lack what has a "-"', () => {
    expect(diff({ sysctl: { '-net.core.nosuch': 1, 'net.core.somaxconn': 4096 } })).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('does not exist on Linux 6.18.44 (it may: its name has a "-")\n'),
    })
  })

  test('cannot show what a trigger did', () => {
    expect(diff({ sysctl: { 'net.ipv4.route.flush': 1 } })).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/net\.ipv4\.route\.flush +1 +- +cannot be read back\n/),
    })
  })
})

describe('what is inherited is compared with the host', () => {
  const host = { '/proc/sys/net/core/somaxconn': '2048\n', '/proc/sys/net/core/rmem_max': '5\n' }

  test('a plain name', () => {
    expect(diff({ inherit: ['net.core.somaxconn'] }, [], { host })).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(/net\.core\.somaxconn +2048 +4096 +differs\n/),
    })
  })

  test('of a glob, what a container can have', () => {
    const { stdout } = diff({ inherit: ['net.core.*'] }, ['--json'], { host })
    const { differences } = JSON.parse(stdout) as { differences: { name: string }[] }
    expect(differences.map(({ name }) => name)).toEqual(['net.core.somaxconn'])
  })

  test('sysctl wins over it', () => {
    expect(
      diff({ inherit: ['net.core.somaxconn'], sysctl: { 'net.core.somaxconn': 4096 } }, [], { host }).exitCode,
    ).toBe(0)
  })
})

test('--json has the same for programs', () => {
  const { exitCode, stdout } = diff({ sysctl: { 'net.core.somaxconn': 1, '-net.core.nosuch': 2 } }, ['--json'])
  expect(exitCode).toBe(1)
  expect(JSON.parse(stdout)).toEqual({
    netns: CONTAINER,
    differences: [
      {
        name: 'net.core.nosuch',
        wanted: '2',
        current: null,
        isSame: false,
        mayDiffer: true,
        remark: 'does not exist on Linux 6.18.44 (it may: its name has a "-")',
      },
      { name: 'net.core.somaxconn', wanted: '1', current: '4096', isSame: false, mayDiffer: false, remark: 'differs' },
    ],
  })
})

test('the glob of a namespace is chosen as a runtime does, which sends them sorted by name', () => {
  const profiles = { web: { sysctl: { 'net.core.somaxconn': 1 } }, all: { sysctl: { 'net.core.somaxconn': 4096 } } }
  const namespaces = { 'ingress-*': { profile: 'web' }, '*': { profile: 'all' } }
  expect(diff({ profiles, namespaces }, ['--namespace', 'ingress-1']).exitCode).toBe(0)
})

test('on a terminal, differences are red', () => {
  const { stdout } = diff({ sysctl: { 'net.core.somaxconn': 1, '-net.core.nosuch': 2 } }, [], { isTerminal: true })
  expect(stdout).toContain('\u001b[31mdiffers\u001b[0m')
  expect(stdout).toContain('\u001b[33mdoes not exist')
})

test('an entry that asks for nothing has nothing compared', () => {
  expect(diff({})).toMatchObject({ exitCode: 0, stdout: 'the configuration asks for nothing\n' })
})

test('--pid takes the netns of a process', () => {
  const path = '/proc/42/ns/net'
  const machine = {
    netns: { [path]: usualNetns() },
    files: { [FILE]: listOf({ sysctl: { 'net.core.somaxconn': 4096 } }) },
  }
  expect(typed(['diff', '--pid', '42', FILE], machine).exitCode).toBe(0)
})

test('a single configuration will do', () => {
  const files = { [FILE]: '{"name":"x","type":"netns-sysctl","sysctl":{"net.core.somaxconn":4096}}' }
  expect(diff({}, [], { files }).exitCode).toBe(0)
})

describe('what makes no sense ends it with 2', () => {
  const SEE = '; see netns-sysctl diff --help'
  test.each<[string, string[], string]>([
    ['no netns', [FILE], `diff needs either --netns or --pid${SEE}`],
    ['two of them', ['--netns', CONTAINER, '--pid', '4', FILE], `diff needs either --netns or --pid${SEE}`],
    ['no file', ['--netns', CONTAINER], `diff needs one file with a configuration${SEE}`],
    ['two files', ['--netns', CONTAINER, FILE, FILE], `diff needs one file with a configuration${SEE}`],
    ['a word for a pid', ['--pid', 'nginx', FILE], `--pid nginx is not a process id${SEE}`],
    ['no pid at all', ['--pid', '', FILE], `--pid  is not a process id${SEE}`],
    ['a process that is gone', ['--pid', '4', FILE], 'there is no process 4'],
    ['a path that is gone', ['--netns', '/x', FILE], '/x: there is no such file or folder (ENOENT)'],
    ['a file for a netns', ['--netns', '/etc/passwd', FILE], '/etc/passwd is not a network namespace'],
    [
      'the host’s netns',
      ['--netns', '/proc/thread-self/ns/net', FILE],
      "/proc/thread-self/ns/net is the host's network namespace: what runs in it gets nothing of this plugin",
    ],
    ['a file that is none', ['--netns', CONTAINER, '/y'], '/y: there is no such file or folder (ENOENT)'],
    ['no JSON', ['--netns', CONTAINER, '/bad'], '/bad:2:1: is not JSON: has "}" where a value should be'],
    ['a conflist without us', ['--netns', CONTAINER, '/other'], '/other: has no plugin of type netns-sysctl'],
    [
      'what ADD would refuse',
      ['--netns', CONTAINER, '/wrong'],
      'mtu must be an integer, not "x"; txQLen -1 must be from 0 to 2147483647',
    ],
  ])('%s', (_, args, message) => {
    const files = {
      [FILE]: listOf({}),
      '/bad': '{"a":\n}',
      '/other': '{"plugins": [{"type": "bridge"}]}',
      '/wrong': listOf({ mtu: 'x', txQLen: -1 }),
    }
    const machine = { files, netns: { [CONTAINER]: usualNetns() }, notNetns: ['/etc/passwd'] }
    expect(typed(['diff', ...args], machine)).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: `netns-sysctl: ${message}\n`,
    })
  })

  test('for others than root', () => {
    expect(diff({}, [], { enterFails: 'EPERM' })).toMatchObject({
      exitCode: 2,
      stderr: `netns-sysctl: ${CONTAINER}: permission denied; run it as root (EPERM)\n`,
    })
  })
})

test('the allowlist of the node counts', () => {
  const files = { '/etc/cni/netns-sysctl/allowlist.conf': '' }
  expect(diff({ sysctl: { 'net.core.somaxconn': 1 } }, [], { files })).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('net.core.somaxconn: is not allowed on this node by'),
  })
})

test('it writes nothing', () => {
  expect(diff({ mtu: 1400, sysctl: { 'net.core.somaxconn': 1 } }).os.writes).toEqual([])
})

describe('the profile of a pod', () => {
  const entry = {
    sysctl: { 'net.core.somaxconn': 4096 },
    profiles: { a: { sysctl: { 'net.core.somaxconn': 1 } }, b: { sysctl: { 'net.core.somaxconn': 2 } } },
    namespaces: { '1*': { profile: 'a' }, '12': { profile: 'b' } },
    pod: { profiles: ['b'] },
  }
  const wantedOf = (...args: string[]) => diff(entry, args).stdout.split('\n')[1]?.split(/\s+/)[1]

  test.each([
    [[], '4096'],
    [['--namespace', '11'], '1'],
    [['--profile', 'b'], '2'],
    [['--namespace', '11', '--profile', 'b'], '2'],
    [['--namespace', 'default'], '4096'],
  ])('%j', (args, wanted) => {
    expect(wantedOf(...args)).toBe(wanted)
  })

  test('counts in the order of the text', () => {
    const text = listOf({ ...entry, namespaces: 'here' }).replace(
      '"here"',
      '{"1*": {"profile": "a"}, "12": {"profile": "b"}}',
    )
    const answered = diff({}, ['--namespace', '12'], { files: { [FILE]: text } })
    expect(answered.stdout).toContain('net.core.somaxconn  1       4096')
  })

  test('that it may not choose is told', () => {
    expect(diff(entry, ['--profile', 'a'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('may not choose the profile "a"; it may choose "b"'),
    })
  })
})

test('an entry before the network plugin counts too, and what both set is that of the last', () => {
  const first = { type: 'netns-sysctl', first: true, sysctl: { 'net.core.somaxconn': 1, 'net.ipv4.ip_forward': 1 } }
  const list = JSON.parse(listOf({ sysctl: { 'net.core.somaxconn': 2 } }))
  const text = JSON.stringify({ ...list, plugins: [first, ...list.plugins] })
  expect(diff({}, [], { files: { [FILE]: text } }).stdout).toBe(`SETTING              WANTED  CONTAINER
net.core.somaxconn   2       4096       differs
net.ipv4.ip_forward  1       0          differs
`)
})

test('a value of another form than the container shows differs', () => {
  expect(diff({ sysctl: { 'net.core.somaxconn': '4096 # x' } })).toMatchObject({
    exitCode: 1,
    stdout: expect.stringContaining('"4096 # x" must be one integer'),
  })
})
