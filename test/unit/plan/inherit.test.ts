import { describe, expect, test } from 'vitest'
import { files, inherit } from '../../helpers/inherit.ts'
import { ask, errorDocument } from '../../helpers/requests.ts'

const SYS = '/proc/sys/net'

function refused(msg: string) {
  return errorDocument(101, msg)
}

describe('a plain key', () => {
  test("is copied as the host's kernel shows it, and nothing is said", () => {
    const host = files({ 'core/somaxconn': '2048', 'ipv4/tcp_rmem': '4096\t131072\t6291456' })
    const container = files({ 'ipv4/tcp_rmem': '1\t2\t3' })
    const { exitCode, writes, stderr, os } = inherit(['net/core/somaxconn', 'net.ipv4.tcp_rmem'], host, container)
    expect({ exitCode, writes, stderr }).toEqual({
      exitCode: 0,
      writes: ['core/somaxconn 2048', 'ipv4/tcp_rmem 4096\t131072\t6291456'],
      stderr: '',
    })
    expect(os.textOf('host', `${SYS}/core/somaxconn`)).toBe('2048')
  })

  test("with IFNAME copies the host's default to the interface", () => {
    const host = files({ 'ipv4/conf/default/rp_filter': '2', 'ipv4/conf/eth0/rp_filter': '1' })
    expect(inherit(['net.ipv4.conf.IFNAME.rp_filter'], host, {}).writes).toEqual(['ipv4/conf/eth0/rp_filter 2'])
  })

  test.each([
    ['net.core.nosuch', 'net.core.nosuch: cannot be copied from the host: does not exist on Linux 6.18.44'],
    [
      'net.ipv4.conf.eth7.rp_filter',
      'net.ipv4.conf.eth7.rp_filter: cannot be copied from the host: there is no interface eth7 here; there are lo, eth0',
    ],
    [
      'net.ipv4.route.flush',
      'net.ipv4.route.flush: is not copied from the host: it is not a setting: writing it empties the routing cache',
    ],
    [
      'net.ipv6.conf.IFNAME.stable_secret',
      "net.ipv6.conf.IFNAME.stable_secret: is not copied from the host: it is the secret that the host's own IPv6 addresses are made from",
    ],
    ['net.ipv4.tcp_fastopen_key', 'net.ipv4.tcp_fastopen_key: is not copied from the host: it is a secret of the host'],
    [
      'net.ipv4.fib_multipath_hash_seed',
      'net.ipv4.fib_multipath_hash_seed: is not copied from the host: it is a secret of the host',
    ],
    [
      'net.ipv4.route',
      'net.ipv4.route: cannot be copied from the host: is a directory of sysctls, not a sysctl; in it is net.ipv4.route.flush',
    ],
    ['net.core.secret', 'net.core.secret: cannot be copied from the host: cannot be read (EACCES)'],
  ])('%s is refused where it cannot be copied', (key, msg) => {
    const host = { [`${SYS}/core/secret`]: { text: '', mode: 0o200 } }
    const { answer, writes } = inherit(['net.core.somaxconn', key], host)
    expect([answer, writes]).toEqual([refused(msg), []])
  })

  test('that only the host has is refused with the reason', () => {
    expect(inherit(['net.core.backlog'], files({ 'core/backlog': '1' }), {}).answer).toEqual(
      errorDocument(
        101,
        'net.core.backlog: exists only on the host on Linux 6.18.44, for the whole node; set it there, in /etc/sysctl.d',
        'nothing was written',
      ),
    )
  })

  test('is refused by the allowlist, before anything of the host is read', () => {
    const { answer } = ask('ADD', {
      conf: { inherit: ['net.core.nosuch', 'net.ipv4.conf.IFNAME.rp_filter'] },
      files: { '/etc/cni/tuning/allowlist.conf': 'IFNAME' },
    })
    expect(answer).toMatchObject({
      code: 100,
      msg: 'net.core.nosuch: is not allowed on this node by /etc/cni/tuning/allowlist.conf',
    })
  })

  test('every one that cannot be copied is reported', () => {
    const { answer } = inherit(['net.core.nosuch', 'kernel.pid_max', 'net..x'], {})
    expect(answer).toMatchObject({
      code: 101,
      msg:
        'net.core.nosuch: cannot be copied from the host: does not exist on Linux 6.18.44; ' +
        'kernel.pid_max: belongs to the whole node; set it there, in /etc/sysctl.d; ' +
        '"net..x" is not the name of a sysctl: it has an empty segment',
    })
  })
})

describe('a glob', () => {
  test('copies what it matches and says on stderr what that is', () => {
    const host = files({ 'ipv4/tcp_keepalive_time': '60', 'ipv4/tcp_keepalive_intvl': '5', 'ipv4/tcp_x': '1' })
    expect(inherit(['net.ipv4.tcp_keepalive_*'], host)).toMatchObject({
      exitCode: 0,
      writes: ['ipv4/tcp_keepalive_time 60', 'ipv4/tcp_keepalive_intvl 5'],
      stderr:
        'netns-sysctl: inherit net.ipv4.tcp_keepalive_*: copies 2 from the host: net.ipv4.tcp_keepalive_time, net.ipv4.tcp_keepalive_intvl\n',
    })
  })

  test('leaves what a container has not, what it cannot write and what cannot be read', () => {
    const host = {
      ...files({ 'core/backlog': '1', 'core/rmem_max': '1', 'core/x': '1' }),
      [`${SYS}/core/secret`]: { text: '', mode: 0o200 },
    }
    const container = {
      ...files({ 'core/x': '0', 'core/secret': '0' }),
      [`${SYS}/core/rmem_max`]: { text: '9\n', mode: 0o444 },
    }
    const { exitCode, writes, stderr } = inherit(['net.core.*'], host, container)
    expect([exitCode, writes]).toEqual([0, ['core/somaxconn 4096', 'core/x 1']])
    expect(stderr).toBe('netns-sysctl: inherit net.core.*: copies 2 from the host: net.core.somaxconn, net.core.x\n')
  })

  test('leaves what the kernel refuses, and says so', () => {
    const host = files({ 'a/x': '1', 'a/y': '2' })
    const container = { ...host, [`${SYS}/a/x`]: { text: '0\n', writeFails: 'EINVAL' } }
    const { exitCode, writes, stderr } = inherit(['net.a.*'], host, container)
    expect([exitCode, writes]).toEqual([0, ['a/y 2']])
    expect(stderr).toContain('net.a.x: not set (EINVAL), ignored because only a glob took it\n')
  })

  test("never copies what belongs to the host's interfaces, but all and default", () => {
    const names = ['all', 'default', 'eth0', 'eth0.100', 'lo']
    const values = names.flatMap((name) => [
      [`ipv4/conf/${name}/x`, '1'],
      [`ipv6/neigh/${name}/x`, '1'],
    ])
    const host = files(Object.fromEntries(values))
    const { writes } = inherit(['net.*.conf.*.x', 'net.*.neigh.*.*'], host)
    expect(writes.map((line) => line.split('/')[2]).sort()).toEqual(['all', 'all', 'default', 'default'])
  })

  test("with IFNAME copies the host's default to the interface, and nothing else", () => {
    const host = files({
      'ipv4/conf/default/x': '1',
      'ipv4/conf/default/rp_filter': '2',
      'ipv4/conf/eth0/x': '3',
      'ipv4/conf/all/x': '4',
    })
    expect(inherit(['net.ipv4.conf.IFNAME.*'], host).writes).toEqual([
      'ipv4/conf/eth0/rp_filter 2',
      'ipv4/conf/eth0/x 1',
    ])
  })

  test('leaves out secrets and triggers', () => {
    const host = files({
      'ipv4/route/flush': '1',
      'ipv6/route/flush': '1',
      'ipv6/conf/all/stable_secret': '::1',
      'ipv4/tcp_fastopen_key': '1-2-3-4',
      'ipv4/fib_multipath_hash_seed': '7',
      'ipv4/tcp_x': '1',
      'ipv6/route/max_size': '5',
      'ipv6/conf/all/x': '3',
    })
    const { writes } = inherit(['net.*.route.*', 'net.ipv4.*', 'net.ipv6.conf.all.*'], host)
    expect(writes.filter((line) => /flush|secret|key|seed/.test(line))).toEqual([])
    expect(writes).toEqual(expect.arrayContaining(['ipv4/tcp_x 1', 'ipv6/route/max_size 5', 'ipv6/conf/all/x 3']))
  })

  test('leaves what the allowlist refuses', () => {
    const host = files({ 'a/x': '1', 'a/y': '2' })
    const asked = { conf: { inherit: ['net.a.*'] }, host, container: host }
    const { exitCode, os } = ask('ADD', { ...asked, files: { '/etc/cni/netns-sysctl/allowlist.conf': 'net\\.a\\.x' } })
    expect([exitCode, os.stderr()]).toEqual([0, 'netns-sysctl: inherit net.a.*: copies 1 from the host: net.a.x\n'])
  })

  test.each([
    ['net.core.nosuch*', 'matches no sysctl of the host that may be copied'],
    ['net.nosuch.*', 'matches no sysctl of the host that may be copied'],
    ['net.ipv4.conf.eth*.rp_filter', 'matches no sysctl of the host that may be copied'],
    ['net.ipv6.route.*', 'matches no sysctl of the host that may be copied'],
    ['net.core.back*', 'matches only what a container has not'],
  ])('%s that takes nothing is refused: %s', (pattern, reason) => {
    const host = files({ 'core/backlog': '1', 'ipv6/route/flush': '1' })
    expect(inherit([pattern], host, {}).answer).toEqual(
      errorDocument(101, `inherit ${pattern}: ${reason}`, '"*" and "?" do not cross a dot'),
    )
  })
})
