import { describe, expect, test } from 'vitest'
import { typed } from '../../../helpers/cli.ts'
import { type FakeFile, type FakeFiles, refuse } from '../../../helpers/fake-os.ts'
import { lintEntry, lintText, listOf } from '../../../helpers/lint.ts'

const SOMAXCONN = '/proc/sys/net/core/somaxconn'

/** A file that accepts integers up to 65535, like most. */
function integer(text: string): FakeFile {
  return { text, accept: (given) => (/^\d{1,5}\n$/.test(given) ? given : refuse('EINVAL')) }
}

const fresh: FakeFiles = { [SOMAXCONN]: integer('4096\n') }

describe('what the kernel refuses is an error at its place', () => {
  test.each([
    ['-5', 'out of range'],
    ['99999999999', 'out of range'],
  ])('%j', (value, reason) => {
    expect(lintEntry({ sysctl: { 'net.core.somaxconn': value } }, { fresh })).toEqual([
      `9:9: error: net.core.somaxconn: the kernel refuses ${JSON.stringify(value)} (EINVAL): ${reason}; it holds "4096"`,
    ])
  })

  test.each(['abc', '16M', '"16384"', '1 2', ''])('%j has not the form of what is there', (value) => {
    expect(lintEntry({ sysctl: { 'net.core.somaxconn': value } }, { fresh })).toEqual([
      `9:9: error: net.core.somaxconn: ${JSON.stringify(value)} must be one integer; it holds "4096"`,
    ])
  })

  test('one after the other is found, in one go', () => {
    const sysctl = { 'net.core.somaxconn': 'a', 'net.ipv4.tcp_keepalive_time': 'b', 'net.ipv4.ip_forward': 1 }
    const both = { ...fresh, '/proc/sys/net/ipv4/tcp_keepalive_time': integer('7200\n') }
    expect(lintEntry({ sysctl, mtu: 70000 }, { fresh: both })).toEqual([
      expect.stringMatching(/^9:9: error: net\.core\.somaxconn: "a" must be one integer/),
      expect.stringMatching(/^10:9: error: net\.ipv4\.tcp_keepalive_time: "b" must be one integer/),
      expect.stringMatching(
        /^13:7: error: mtu of eth0: the kernel refuses 70000 \(EINVAL\): out of the range of the device/,
      ),
    ])
  })

  test('is a warning where it may fail', () => {
    expect(lintEntry({ sysctl: { '-net.core.somaxconn': 'a' } }, { fresh })).toEqual([
      expect.stringMatching(/^9:9: warning: net\.core\.somaxconn: "a" must be one integer/),
    ])
  })

  test('an inherited one too', () => {
    const host = { [SOMAXCONN]: '70000x\n' }
    expect(lintEntry({ inherit: ['net.core.somaxconn'] }, { host, fresh })).toEqual([
      expect.stringMatching(/^9:9: error: net\.core\.somaxconn: the kernel refuses "70000x"/),
    ])
  })
})

test('what the kernel makes something else of is a warning', () => {
  const cut = { [SOMAXCONN]: { text: '4096\n', accept: () => '65535\n' } }
  expect(lintEntry({ sysctl: { 'net.core.somaxconn': 70000 } }, { fresh: cut })).toEqual([
    '9:9: warning: net.core.somaxconn: the kernel makes "65535" of "70000"',
  ])
})

describe("the node's allowlist", () => {
  const files = { '/etc/cni/tuning/allowlist.conf': '^net\\.ipv4\\.\n' }

  test('is an error where it refuses a sysctl', () => {
    expect(
      lintText(listOf({ sysctl: { 'net.core.somaxconn': 1 }, inherit: ['net.core.somaxconn'] }), undefined, { files })
        .findings,
    ).toEqual([
      '9:9: error: net.core.somaxconn: is not allowed on this node by /etc/cni/tuning/allowlist.conf; /etc/cni/tuning/allowlist.conf allows ^net\\.ipv4\\.',
      expect.stringMatching(/^12:9: error: net\.core\.somaxconn: is not allowed on this node/),
    ])
  })

  test('counts where nothing can be rehearsed too', () => {
    const machine = { files, fresh: null }
    expect(lintText(listOf({ sysctl: { 'net.core.somaxconn': 1 } }), undefined, machine).findings).toHaveLength(1)
  })

  test('is an error where it cannot be read, or has a bad pattern', () => {
    for (const bad of [{ text: '', readFails: 'EIO' }, '(']) {
      const machine = { files: { '/etc/cni/netns-sysctl/allowlist.conf': bad } }
      const [finding] = lintText(listOf({ sysctl: { 'net.core.somaxconn': 1 } }), undefined, machine).findings
      expect(finding).toMatch(/^6:5: error: .*so nothing is allowed/)
    }
  })

  test('keeps install from installing', () => {
    const args = ['install', '--into', '/x.conflist', '--sysctl', 'net.core.somaxconn=1']
    const machine = {
      files: { ...files, '/x.conflist': '{"plugins": [{"type": "bridge"}]}', '/opt/cni/bin/bridge': '' },
    }
    expect(typed(args, machine)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('is not allowed on this node'),
    })
  })
})

describe('the interface', () => {
  test('is named as --ifname says', () => {
    const file = '/a.conflist'
    const files = { [file]: listOf({ sysctl: { 'net.ipv4.conf.net1.rp_filter': 1, 'net.ipv4.ip_forward': 1 } }) }
    expect(typed(['lint', '--ifname', 'net1', file], { files }).stdout).toBe(`${file}: nothing found\n`)
  })

  test.each([
    ['all', 'stands for all interfaces'],
    ['a/b', 'has an invalid character: "/", ":", a blank or a control character'],
    ['sixteencharacter', 'is longer than 15 bytes'],
    ['', 'is empty'],
  ])('cannot be %j', (name, reason) => {
    expect(typed(['lint', '--ifname', name, '/x'])).toMatchObject({
      exitCode: 2,
      stderr: `netns-sysctl: --ifname ${JSON.stringify(name)} ${reason}; see netns-sysctl lint --help\n`,
    })
  })

  test('is lo where no veth can be had, which is said', () => {
    const entry = { mtu: 1400, sysctl: { 'net.ipv4.conf.IFNAME.rp_filter': 1, 'net.ipv4.conf.eth1.rp_filter': 1 } }
    const links = { new: { lo: { mac: '00:00:00:00:00:00', mtu: 65536, flags: 8, txQLen: 1000 } } }
    const linted = lintText(listOf(entry), '/a.conflist', { netlinkFails: 'EOPNOTSUPP', links })
    expect(linted.stdout).toContain(
      'note: no veth could be made (EOPNOTSUPP): rehearsed on lo, which takes MTUs that a veth refuses\n',
    )
    expect(linted.findings.filter((each) => each.includes('rp_filter'))).toEqual([
      "11:9: warning: net.ipv4.conf.eth1.rp_filter: only a container with an interface eth1 starts; write IFNAME for the container's own",
    ])
  })
})

describe('what cannot be rehearsed is said', () => {
  const good = listOf({ sysctl: { 'net.core.somaxconn': 1 } })
  const files = { '/x.conflist': good, '/opt/cni/bin/bridge': '' }
  const install = ['install', '--into', '/x.conflist', '--sysctl', 'net.core.somaxconn=5']

  test.each<[string, Parameters<typeof typed>[1], string]>([
    ['for others than root', { fresh: null }, 'what a container has: making a network namespace needs root'],
    [
      'in a pod',
      { env: { KUBERNETES_SERVICE_HOST: '10.0.0.1' } },
      "the node's allowlist and the node's own sysctls: this runs in a pod; mount the node's file system, and give its place with --host-root",
    ],
    [
      'with a read-only /proc/sys',
      { fresh: { '/proc/sys/net/ipv4/ip_forward': { text: '0\n', mode: 0o444, writeFails: 'EROFS' } } },
      "what the kernel does with the values: /proc/sys cannot be written here (EROFS); in a container, mount the node's /proc below --host-root",
    ],
  ])('%s', (_, machine, missing) => {
    expect(typed(['lint', '/x.conflist'], { files, ...machine }).stdout).toBe(
      `/x.conflist: nothing found\nnot looked at: ${missing}\n`,
    )
    const refused = typed(install, { files, ...machine })
    expect(refused).toMatchObject({
      exitCode: 2,
      stderr: `netns-sysctl: not looked at: ${missing}; --unchecked installs it all the same\n`,
    })
    expect(refused.os.writes).toEqual([])
    const installed = typed([...install, '--unchecked'], { files: { ...files, '/proc/self/exe': '' }, ...machine })
    expect(installed).toMatchObject({ exitCode: 0, stderr: `netns-sysctl: not looked at: ${missing}\n` })
  })
})
