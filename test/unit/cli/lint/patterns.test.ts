import { describe, expect, test } from 'vitest'
import { lintEntry } from '../../../helpers/lint.ts'

const NO_MATCH = 'matches nothing that can be set in a container of this node; "*" and "?" do not cross a dot'
const CROSS = '; "*" and "?" do not cross a dot'
const NOT_THERE = `matches no sysctl of the host that may be copied${CROSS}`
const NOT_SETTABLE = `matches only what a container has not${CROSS}`
const SECRET = { '/proc/sys/net/ipv6/conf/all/stable_secret': { text: '', readFails: 'EIO' } }

describe('inherit: what ADD fails over is an error', () => {
  test.each([
    ['net.core.*conn', []],
    ['net.ipv4.tcp_keepalive_time', []],
    ['net.ipv4.conf.IFNAME.rp_filter', []],
    ['net.ipv4.conf.IFNAME.*', []],
    ['net.ipv4.conf.*.rp_*', []],
    ['net.*', [NOT_THERE]],
    ['net.core.x*', [NOT_THERE]],
    ['net.core.rmem_*', [NOT_SETTABLE]],
    ['net.core.netdev_*', [NOT_SETTABLE]],
    ['net.ipv4.conf.eth?.rp_filter', [NOT_THERE]],
    ['net.ipv6.conf.all.stable_*', [NOT_THERE]],
    ['net.core.nosuch', ['cannot be copied from the host: does not exist on Linux 6.18.44']],
    [
      'net.core.rmem_max',
      ["is read-only in a container on Linux 6.18.44; the node's value counts: set it there, in /etc/sysctl.d"],
    ],
    ['vm.swappiness', ['belongs to the whole node; set it there, in /etc/sysctl.d']],
    ['swappiness', ['is not a sysctl of a network namespace; the names of those start with "net."']],
    [
      'net.ipv6.conf.all.stable_secret',
      ["is not copied from the host: it is the secret that the host's own IPv6 addresses are made from"],
    ],
  ])('%s', (pattern, reasons) => {
    expect(lintEntry({ inherit: ['net.core.somaxconn', pattern] }, { fresh: SECRET })).toEqual(
      reasons.map((reason) => `10:9: error: ${reason.startsWith('matches') ? 'inherit ' : ''}${pattern}: ${reason}`),
    )
  })

  test('each has its own place', () => {
    expect(lintEntry({ inherit: ['net.core.a', 'net.core.somaxconn', 'net.core.a'] })).toEqual([
      '9:9: error: net.core.a: cannot be copied from the host: does not exist on Linux 6.18.44',
      '11:9: error: net.core.a: cannot be copied from the host: does not exist on Linux 6.18.44',
    ])
  })
})

describe('pod.allow: what allows less than was meant is a warning', () => {
  test.each([
    ['net.core.*conn', []],
    ['net.ipv4.conf.IFNAME.*', []],
    ['net.ipv6.conf.all.stable_*', []],
    ['net.core.x*', [NO_MATCH]],
    ['net.core.nosuch', ['does not exist on Linux 6.18.44']],
  ])('%s', (pattern, reasons) => {
    const pod = { allow: [pattern] }
    const entry = { capabilities: { 'io.kubernetes.cri.pod-annotations': true }, pod }
    expect(lintEntry(entry, { fresh: SECRET })).toEqual(
      reasons.map((reason) => `13:11: warning: ${pattern}: ${reason}`),
    )
  })
})

test('for others than root, what the host has counts', () => {
  expect(lintEntry({ inherit: ['net.core.netdev_*', 'net.core.x*'] }, { fresh: null })).toEqual([
    `10:9: error: net.core.x*: ${NO_MATCH}`,
  ])
})
