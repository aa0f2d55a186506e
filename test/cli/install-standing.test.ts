import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { listOf } from '../helpers/lint.ts'
import { newFolder, type } from '../helpers/operator.ts'

/** A node whose conflist has this entry already; its members start at line 8, column 7. */
function nodeWith(entry: Readonly<Record<string, unknown>>) {
  const folder = newFolder()
  const conflist = join(folder, '10-x.conflist')
  writeFileSync(conflist, listOf(entry))
  mkdirSync(join(folder, 'bin'))
  return { folder, conflist, install: ['install', '--bin-dir', join(folder, 'bin'), '--into', conflist] }
}

describe('install rehearses what the file has already with what is asked', () => {
  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['an inherited one', { inherit: ['net.core.nosuch'] }, '9:9: net.core.nosuch: cannot be copied'],
    [
      'a profile',
      { profiles: { a: {}, b: { sysctl: { 'net.ipv4.ip_default_ttl': 999 } } }, namespaces: { x: { profile: 'b' } } },
      '12:13: net.ipv4.ip_default_ttl: the kernel refuses "999" (EINVAL)',
    ],
    ['an attribute', { mtu: 70000 }, '8:7: mtu of eth0: the kernel refuses 70000 (EINVAL)'],
  ])('%s', (_, entry, message) => {
    const { conflist, install } = nodeWith(entry)
    const before = readFileSync(conflist, 'utf8')
    const { status, stderr } = type([...install, '--sysctl', 'net.ipv4.ip_forward=1'])
    expect([status, stderr]).toEqual([2, expect.stringContaining(`netns-sysctl: ${conflist}:${message}`)])
    expect(readFileSync(conflist, 'utf8')).toBe(before)
  })

  test('what a profile overwrites of the rest', () => {
    const { conflist, install } = nodeWith({
      profiles: { router: { sysctl: { 'net.ipv4.ip_forward': 1 } } },
      pod: { profiles: ['router'] },
      capabilities: { 'io.kubernetes.cri.pod-annotations': true },
    })
    const { status, stderr } = type([...install, '--sysctl', 'net.ipv4.conf.IFNAME.forwarding=0'])
    expect(status).toBe(2)
    expect(stderr).toContain('net.ipv4.conf.IFNAME.forwarding: "0" does not last: net.ipv4.ip_forward is written later')
    expect(stderr).toContain('so it is with the profile "router"')
    expect(readFileSync(conflist, 'utf8')).not.toContain('IFNAME')
  })

  test('what a profile sets again is meant', () => {
    const { install } = nodeWith({
      profiles: { host: { sysctl: { 'net.ipv4.ip_forward': 0 } } },
      namespaces: { x: { profile: 'host' } },
    })
    expect(type([...install, '--sysctl', 'net.ipv4.ip_forward=1'])).toMatchObject({ status: 0, stderr: '' })
  })

  test('an entry before the network plugin has no interface yet', () => {
    const { install } = nodeWith({})
    const first = [...install, '--first', '--sysctl', 'net.ipv6.conf.default.accept_ra=0']
    expect(type(first)).toMatchObject({ status: 0, stderr: '' })
    expect(type([...first, '--sysctl', 'net.ipv6.conf.IFNAME.accept_ra=0'])).toMatchObject({ status: 2 })
    expect(type([...first, '--sysctl', 'net.ipv6.conf.default.accept_ra=x'])).toMatchObject({ status: 2 })
  })
})

describe('install --import', () => {
  test('sets what pods lack of sysctl.d files, and --sysctl wins', () => {
    const { folder, conflist, install } = nodeWith({})
    const sysctlD = join(folder, 'sysctl.d')
    mkdirSync(sysctlD)
    const lines = ['net.core.somaxconn = 16384', '-net.ipv4.tcp_keepalive_time = 60', 'net.core.rmem_max = 4194304']
    writeFileSync(join(sysctlD, '10-a.conf'), `${lines.join('\n')}\n`)
    const asked = [...install, '--import', sysctlD, '--sysctl', 'net.core.somaxconn=8192']
    const { status, stderr } = type(asked)
    expect([status, stderr]).toEqual([
      0,
      `netns-sysctl: ${sysctlD}: 2 of 3 sysctls are for the entry; left out: net.core.rmem_max (reaches pods by itself)\n`,
    ])
    const { plugins } = JSON.parse(readFileSync(conflist, 'utf8')) as { plugins: readonly unknown[] }
    expect(plugins.at(-1)).toEqual({
      type: 'netns-sysctl',
      sysctl: { '-net.ipv4.tcp_keepalive_time': '60', 'net.core.somaxconn': '8192' },
    })
    expect(type(asked).stdout).toContain(`is as it should be: ${conflist}`)
    writeFileSync(join(sysctlD, '20-b.conf'), 'net.ipv4.ip_default_ttl = 999\n')
    expect(type(asked)).toMatchObject({ status: 2, stderr: expect.stringContaining('the kernel refuses "999"') })
  })
})
