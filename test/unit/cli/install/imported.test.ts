import { describe, expect, test } from 'vitest'
import { type Machine, typed } from '../../../helpers/cli.ts'
import { refuse } from '../../../helpers/fake-os.ts'

const FILE = '/etc/cni/net.d/10-x.conflist'
const SYSCTL_D = {
  '/s/10-a.conf': 'net.core.somaxconn = 16384\nvm.swappiness = 1\n',
  '/s/20-b.conf': 'net.core.somaxconn = 8192\n-net.ipv4.tcp_keepalive_time = 60\nnet.core.netdev_max_backlog = 9\n',
}

function install(args: readonly string[], { files, ...machine }: Machine = {}) {
  const base = {
    '/proc/self/exe': 'this executable',
    '/opt/cni/bin/bridge': 'ELF',
    [FILE]: '{"name": "x", "plugins": [{"type": "bridge"}]}',
  }
  const ran = typed(['install', ...args], { ...machine, files: { ...base, ...SYSCTL_D, ...files } })
  const { plugins } = JSON.parse(ran.os.readFile(FILE)) as { plugins: readonly unknown[] }
  return {
    ...ran,
    entry: plugins.length === 1 ? undefined : plugins.find((each) => JSON.stringify(each).includes('netns-sysctl')),
  }
}

describe('install --import', () => {
  test('makes the entry as import does, and says what it leaves out', () => {
    const { exitCode, stderr, entry } = install(['--import', '/s'])
    expect(exitCode).toBe(0)
    expect(entry).toEqual({
      type: 'netns-sysctl',
      sysctl: { 'net.core.somaxconn': '8192', '-net.ipv4.tcp_keepalive_time': '60' },
    })
    expect(stderr).toBe(
      'netns-sysctl: /s: 2 of 3 sysctls are for the entry; left out: net.core.netdev_max_backlog (only the node has it)\n',
    )
    expect(typed(['import', '--json', '/s'], { files: SYSCTL_D }).stdout).toContain('"net.core.somaxconn": "8192"')
  })

  test.each(['net.core.somaxconn=5', '-net/core/somaxconn=5'])('--sysctl=%s wins', (assignment) => {
    const [name = ''] = assignment.split('=')
    expect(install(['--import', '/s', `--sysctl=${assignment}`]).entry).toEqual({
      type: 'netns-sysctl',
      sysctl: { '-net.ipv4.tcp_keepalive_time': '60', [name]: '5' },
    })
  })

  test('goes with the other options, and may be given more than once', () => {
    const args = ['--import', '/s/20-b.conf', '--import', '/s/10-a.conf', '--inherit', 'net.ipv4.ip_forward']
    expect(install([...args, '--pod-allow', 'net.ipv4.tcp_*']).entry).toMatchObject({
      sysctl: { 'net.core.somaxconn': '16384', '-net.ipv4.tcp_keepalive_time': '60' },
      inherit: ['net.ipv4.ip_forward'],
      pod: { allow: ['net.ipv4.tcp_*'] },
    })
  })

  test('is rehearsed like every other entry', () => {
    const fresh = {
      '/proc/sys/net/core/somaxconn': { text: '4096\n', accept: () => refuse('EINVAL') },
    }
    const { exitCode, stderr, entry } = install(['--import', '/s'], { fresh })
    expect([exitCode, entry]).toEqual([2, undefined])
    expect(stderr).toContain('net.core.somaxconn: the kernel refuses "8192" (EINVAL)')
  })

  test('behind the network plugin sets the interface instead of the default, and before it that', () => {
    const host = { '/proc/sys/net/ipv6/conf/default/accept_ra': '1\n' }
    const machine = { files: { '/s/30.conf': 'net.ipv6.conf.default.accept_ra = 0\n' }, host, fresh: host }
    const args = ['--import', '/s/30.conf', '--unchecked']
    expect(install(args, machine).entry).toMatchObject({ sysctl: { 'net.ipv6.conf.IFNAME.accept_ra': '0' } })
    expect(install([...args, '--first'], machine).entry).toMatchObject({
      first: true,
      sysctl: { 'net.ipv6.conf.default.accept_ra': '0' },
    })
  })

  test('says what is wrong with the files', () => {
    const files = { '/s/30.conf': 'net.core.nosuch = 1\nnonsense\nnet.ipv4.conf.eth0.rp_filter = 1\n' }
    expect(install(['--import', '/s'], { files }).stderr).toBe(
      'netns-sysctl: warning: /s/30.conf:2: is not "name = value": "nonsense"; it is left out\n' +
        'netns-sysctl: /s: 2 of 5 sysctls are for the entry; left out: net.core.netdev_max_backlog (only the node has it), net.core.nosuch (does not exist here), net.ipv4.conf.eth0.rp_filter (only that interface of the node)\n',
    )
  })

  test.each<[string, readonly string[], Machine, string]>([
    [
      'nothing of it',
      ['/none'],
      { files: { '/none/x.conf': 'vm.swappiness=1' } },
      '/none: has nothing that an entry must set',
    ],
    ['a folder without files', ['/empty'], { files: { '/empty/README': '' } }, '/empty: has no sysctl.d file'],
    ['what is not there', ['/nosuch'], {}, '/nosuch: there is no such file or folder'],
    ['others than root', ['/s'], { fresh: null }, '--import needs root: '],
  ])('is refused: %s', (_, paths, machine, message) => {
    const { exitCode, stderr, entry } = install(['--import', ...paths], machine)
    expect([exitCode, entry]).toEqual([2, undefined])
    expect(stderr).toContain(message)
  })

  test('does not go with --entry', () => {
    expect(install(['--import', '/s', '--entry', '/e.json']).stderr).toContain('so --import does not go with it')
  })
})
