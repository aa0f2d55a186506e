import { describe, expect, test } from 'vitest'
import { lintText, listOf } from '../../../helpers/lint.ts'

const OWN = { type: 'netns-sysctl' }
const list = (members: Readonly<Record<string, unknown>>) =>
  JSON.stringify({ cniVersion: '1.0.0', name: 'x', plugins: [{ type: 'bridge' }, OWN], ...members }, undefined, 1)

describe('the chain', () => {
  test.each([
    [
      'without our entry',
      { plugins: [{ type: 'bridge' }] },
      ['4:2: warning: no plugin of this list is of type netns-sysctl'],
    ],
    ['with nothing', { plugins: [] }, ['4:2: warning: no plugin of this list is of type netns-sysctl']],
    [
      'with our entry first',
      { plugins: [OWN, { type: 'bridge' }] },
      ['5:3: error: must be chained after a network plugin, and is the first of the list'],
    ],
    [
      'with our entry alone',
      { plugins: [OWN] },
      ['5:3: error: must be chained after a network plugin, and is the first of the list'],
    ],
    ['with entries that are no objects', { plugins: [1, null, OWN] }, []],
    [
      'with our entry twice, each with its own findings',
      { plugins: [{ type: 'ptp' }, { ...OWN, a: 1 }, { ...OWN, b: 1 }] },
      [
        '10:4: warning: a is unknown and ignored',
        '12:3: warning: there is an entry of type netns-sysctl before it; what both set, the last one sets; make them one entry',
        '14:4: warning: b is unknown and ignored',
      ],
    ],
  ])('%s', (_, members, findings) => {
    expect(lintText(list(members)).findings).toEqual(findings)
  })
})

describe('the head of a list', () => {
  const versions = 'supported are 0.1.0, 0.2.0, 0.3.0, 0.3.1, 0.4.0, 1.0.0, 1.1.0'
  test.each([
    [
      'a version that is not supported',
      { cniVersion: '2.0.0' },
      [`2:2: error: cniVersion "2.0.0" is not supported; ${versions}`],
    ],
    ['a version that is not a string', { cniVersion: 1 }, [`2:2: error: cniVersion 1 is not supported; ${versions}`]],
    ['no version, which is 0.1.0', { cniVersion: undefined }, []],
    [
      'no name',
      { name: undefined },
      [`1:1: error: the network's name is missing; it is the member "name" of the conflist`],
    ],
    [
      'a name that is none',
      { name: 'a/b' },
      [
        `3:2: error: the network's name "a/b" must be letters, digits, "_", "." and "-", and start with a letter or digit; it is the member "name" of the conflist`,
      ],
    ],
  ])('%s', (_, members, findings) => {
    expect(lintText(list(members)).findings).toEqual(findings)
  })

  test('is said once for a list with two of our entries', () => {
    expect(lintText(list({ name: '', plugins: [{ type: 'ptp' }, OWN, OWN] })).findings).toEqual([
      expect.stringMatching(/^3:2: error: the network's name is missing/),
      expect.stringMatching(/warning: there is an entry of type netns-sysctl before it/),
    ])
  })
})

describe('a single configuration', () => {
  const single = (members: Readonly<Record<string, unknown>>) =>
    lintText(JSON.stringify({ cniVersion: '1.0.0', name: 'x', ...OWN, ...members }, undefined, 1)).findings
  const ALONE = '4:2: error: must be chained after a network plugin: put it into "plugins" of a conflist'

  test('is not a chain, and is looked at all the same', () => {
    expect(single({})).toEqual([ALONE])
    expect(single({ sysctl: { 'net.core.nosuch': 1 }, name: 'a b' })).toEqual([
      expect.stringMatching(/^3:2: error: the network's name "a b" must be /),
      ALONE,
      '6:3: error: net.core.nosuch: does not exist on Linux 6.18.44',
    ])
  })

  test.each([[{ type: 'bridge' }], [{ type: undefined }]])('of %j is not ours', (members) => {
    expect(single(members)).toEqual(['1:1: warning: there is no plugin of type netns-sysctl in it'])
  })

  test.each(['[]', '{}', '{"plugins": {}}', '[{"type": "netns-sysctl"}]'])('%s is none', (text) => {
    expect(lintText(text).findings).toEqual(['1:1: warning: there is no plugin of type netns-sysctl in it'])
  })
})

describe('disable_ipv6 beside IPv6 addresses', () => {
  const V6 = {
    type: 'bridge',
    ipam: { type: 'host-local', ranges: [[{ subnet: '10.0.0.0/16' }], [{ subnet: 'fd00::/64' }]] },
  }
  const V4 = { type: 'bridge', ipam: { type: 'host-local', ranges: [[{ subnet: '10.0.0.0/16' }]] } }
  const STATIC = { type: 'macvlan', ipam: { type: 'static', addresses: [{ address: 'fd00::2/64' }] } }
  const CALICO = { type: 'calico', ipam: { type: 'calico-ipam', assign_ipv6: 'true' } }
  const told = (name: string) => [
    `9:9: warning: ${name}: takes away the IPv6 addresses that an ipam of this chain gives`,
  ]
  const conf = {
    '/proc/sys/net/ipv6/conf/default/disable_ipv6': '0\n',
    '/proc/sys/net/ipv6/conf/lo/disable_ipv6': '0\n',
  }
  const of = (name: string, value: unknown, first: unknown) =>
    lintText(listOf({ sysctl: { [name]: value } }, first), undefined, { fresh: conf }).findings

  test.each<[string, unknown, unknown]>([
    ['net.ipv6.conf.all.disable_ipv6', 1, V6],
    ['net.ipv6.conf.all.disable_ipv6', '1', V6],
    ['net.ipv6.conf.all.disable_ipv6', true, V6],
    ['net.ipv6.conf.all.disable_ipv6', 1, STATIC],
    ['net.ipv6.conf.all.disable_ipv6', 1, CALICO],
    ['net.ipv6.conf.default.disable_ipv6', 1, V6],
    ['net.ipv6.conf.IFNAME.disable_ipv6', 1, V6],
  ])('%s = %j is told', (name, value, first) => {
    expect(of(name, value, first)).toEqual(told(name))
  })

  test('in any spelling, and with "-"', () => {
    expect(of('-net/ipv6/conf/all/disable_ipv6', 1, V6)).toEqual(told('net.ipv6.conf.all.disable_ipv6'))
  })

  test.each<[string, string, unknown, unknown]>([
    ['off', 'net.ipv6.conf.all.disable_ipv6', 0, V6],
    ['of lo', 'net.ipv6.conf.lo.disable_ipv6', 1, V6],
    ['without IPv6 ranges', 'net.ipv6.conf.all.disable_ipv6', 1, V4],
    ['without an ipam', 'net.ipv6.conf.all.disable_ipv6', 1, { type: 'bridge' }],
  ])('%s is fine', (_, name, value, first) => {
    expect(of(name, value, first)).toEqual([])
  })
})
