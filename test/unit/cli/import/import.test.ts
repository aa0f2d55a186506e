import { describe, expect, test } from 'vitest'
import { type Machine, typed } from '../../../helpers/cli.ts'

function importJson(args: readonly string[], machine: Machine) {
  const { exitCode, stdout, stderr } = typed(['import', ...args, '--json'], machine)
  expect(stderr).toBe('')
  return {
    exitCode,
    ...(JSON.parse(stdout) as { files: string[]; sysctls: { key: string; fate: string }[]; entry: object }),
  }
}

function fates(text: string, machine: Machine = {}): Record<string, string> {
  const { sysctls } = importJson(['/a.conf'], { ...machine, files: { '/a.conf': text } })
  return Object.fromEntries(sysctls.map(({ key, fate }) => [key, fate]))
}

describe('what becomes of a sysctl of the node in its pods', () => {
  test('it needs an entry where a new netns starts with a constant', () => {
    expect(fates('net.core.somaxconn=16384')).toEqual({ 'net.core.somaxconn': 'entry' })
  })

  test('it reaches them where a new netns starts with the value of the node', () => {
    expect(fates('net.ipv4.conf.all.rp_filter=2')).toEqual({ 'net.ipv4.conf.all.rp_filter': 'follows' })
  })

  test('only the node has what no container has', () => {
    expect(fates('net.core.netdev_max_backlog=5000')).toEqual({ 'net.core.netdev_max_backlog': 'node' })
  })

  test('an interface of the node is not one of a pod', () => {
    expect(fates('net.ipv4.conf.eth0.rp_filter=2')).toEqual({ 'net.ipv4.conf.eth0.rp_filter': 'interface' })
  })

  test('what this kernel has not is told', () => {
    expect(fates('net.core.nosuch=1\nnet.core=1')).toEqual({ 'net.core.nosuch': 'absent', 'net.core': 'absent' })
  })

  test('other trees are not of the network', () => {
    expect(fates('vm.swappiness=10\nkernel.pid_max=1')).toEqual({
      'vm.swappiness': 'foreign',
      'kernel.pid_max': 'foreign',
    })
  })

  test('without root nobody has looked', () => {
    expect(fates('net.core.somaxconn=1', { fresh: null })).toEqual({ 'net.core.somaxconn': 'unknown' })
  })
})

describe('the entry', () => {
  const files = {
    '/a.conf': 'net.core.somaxconn=16384\n-net.ipv4.ip_local_port_range = 1024 65535\nnet.core.netdev_max_backlog=1',
  }

  test('sets what pods do not have, with the - of its name', () => {
    expect(importJson(['/a.conf'], { files }).entry).toEqual({
      type: 'netns-sysctl',
      sysctl: { 'net.core.somaxconn': '16384', '-net.ipv4.ip_local_port_range': '1024 65535' },
    })
  })

  test('with --inherit copies the values of the node', () => {
    expect(importJson(['--inherit', '/a.conf'], { files }).entry).toEqual({
      type: 'netns-sysctl',
      inherit: ['net.core.somaxconn', 'net.ipv4.ip_local_port_range'],
    })
  })

  test('sets for the interface of a pod what the node has for those to come', () => {
    const host = { '/proc/sys/net/ipv6/conf/default/accept_ra': '1\n' }
    const { entry } = importJson(['/a.conf'], {
      files: { '/a.conf': 'net.ipv6.conf.default.accept_ra=0' },
      host,
      fresh: host,
    })
    expect(entry).toEqual({ type: 'netns-sysctl', sysctl: { 'net.ipv6.conf.IFNAME.accept_ra': '0' } })
  })
})

describe('the files', () => {
  const files = {
    '/etc/sysctl.d/50-b.conf': 'net.core.somaxconn=2',
    '/usr/lib/sysctl.d/50-b.conf': 'net.core.somaxconn=9',
    '/usr/lib/sysctl.d/10-a.conf': 'net.core.somaxconn=1',
    '/run/sysctl.d/60-c.conf': 'net.core.somaxconn=3',
    '/run/sysctl.d/60-c.conf.bak': 'net.core.somaxconn=8',
    '/etc/sysctl.conf': 'net.core.somaxconn=4',
  }

  test('of the node come in the order of their names, one in /etc hides its namesake, /etc/sysctl.conf is last', () => {
    const { files: read, entry } = importJson([], { files })
    expect(read).toEqual([
      '/usr/lib/sysctl.d/10-a.conf',
      '/etc/sysctl.d/50-b.conf',
      '/run/sysctl.d/60-c.conf',
      '/etc/sysctl.conf',
    ])
    expect(entry).toMatchObject({ sysctl: { 'net.core.somaxconn': '4' } })
  })

  test('none is not a failure', () => {
    expect(typed(['import'])).toMatchObject({ exitCode: 0, stdout: 'there are no sysctl.d files\n' })
  })

  test('one that is given and missing is', () => {
    expect(typed(['import', '/nosuch.conf'])).toMatchObject({ exitCode: 2, stdout: '' })
  })
})

test('the table tells a person the same, and what was wrong', () => {
  const text = 'net.core.somaxconn=16384\nnot a line\nvm.swappiness=1'
  const { exitCode, stdout } = typed(['import', '/a.conf'], { files: { '/a.conf': text } })
  expect(exitCode).toBe(1)
  expect(stdout).toBe(`Read: /a.conf

SYSCTL              VALUE  IN PODS
net.core.somaxconn  16384  an entry must set it
Not of the network: vm 1
/a.conf:2: is not "name = value": "not a line"

{
  "type": "netns-sysctl",
  "sysctl": {
    "net.core.somaxconn": "16384"
  }
}
`)
})

test('nothing to set is said', () => {
  const files = { '/a.conf': 'net.ipv4.conf.all.rp_filter=2' }
  expect(typed(['import', '/a.conf'], { files }).stdout).toMatch(/\nPods need no entry\.\n$/)
})
