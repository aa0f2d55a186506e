import { describe, expect, test } from 'vitest'
import { lintEntry, lintText } from '../../../helpers/lint.ts'

describe('tuning behind the entry', () => {
  const lint = (ours: unknown, theirs: unknown, order: 'behind' | 'before' = 'behind') => {
    const own = { type: 'netns-sysctl', sysctl: { 'net.ipv4.conf.IFNAME.rp_filter': ours, 'net.core.somaxconn': 5 } }
    const tuning = { type: 'tuning', sysctl: { 'net/ipv4/conf/eth0/rp_filter': theirs } }
    const plugins = [{ type: 'bridge' }, ...(order === 'behind' ? [own, tuning] : [tuning, own])]
    return lintText(JSON.stringify({ cniVersion: '1.0.0', name: 'x', plugins }, undefined, 1)).findings
  }

  test('is a warning where it sets another value, in any spelling of the name', () => {
    expect(lint(2, '1')).toEqual([
      '11:5: warning: net.ipv4.conf.eth0.rp_filter: 2 does not last: tuning comes later and sets "1"',
    ])
  })

  test('is fine with the same value, and before the entry', () => {
    expect([lint(1, '0x1'), lint(true, '1'), lint(2, '1', 'before')]).toEqual([[], [], []])
  })
})

describe('an MTU with which an interface has no IPv6', () => {
  const PATH = '/proc/sys/net/ipv6/conf/default/accept_ra'
  const fresh = { [PATH]: '1\n' }
  const message =
    '9:7: error: mtu 1200: below 1280 an interface has no IPv6, so net.ipv6.conf.IFNAME.accept_ra cannot be set'
  const sysctl = { 'net/ipv6/conf/IFNAME/accept_ra': 0 }

  test('is an error beside a sysctl of its IPv6', () => {
    expect(lintEntry({ a: 1, mtu: 1200, sysctl }, { fresh })).toContain(message.replace('9:7', '9:7'))
    expect(
      lintEntry({ a: 1, mtu: 1200, inherit: ['net.ipv6.conf.IFNAME.accept_ra'] }, { fresh, host: fresh }),
    ).toContain(message)
  })

  test('is fine without, or with enough', () => {
    expect(lintEntry({ mtu: 1200, sysctl: { 'net.core.somaxconn': 1 } })).toEqual([])
    expect(lintEntry({ mtu: 1280, sysctl }, { fresh })).toEqual([])
  })
})
