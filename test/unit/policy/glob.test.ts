import { describe, expect, test } from 'vitest'
import { hasWildcard, keyGlobProblem, matchesGlob, matchesSegment, parseKeyGlob } from '../../../plugin/policy/glob.ts'
import { processorTimeOf } from '../../helpers/processor-time.ts'

describe('a glob matches whole keys', () => {
  test.each([
    ['net.core.somaxconn', 'net.core.somaxconn'],
    ['net.ipv4.tcp_keepalive_*', 'net.ipv4.tcp_keepalive_time'],
    ['net.ipv4.tcp_*', 'net.ipv4.tcp_'],
    ['net.*.*', 'net.core.somaxconn'],
    ['net.ipv?.*', 'net.ipv6.x'],
    ['net.ipv4.*_*_*', 'net.ipv4.tcp_keepalive_time'],
    ['net.ipv4.conf.*.rp_filter', 'net.ipv4.conf.eth0/100.rp_filter'],
    ['net.ipv4.conf.eth0/*.rp_filter', 'net.ipv4.conf.eth0/100.rp_filter'],
    ['net.ipv4.conf.*.rp_filter', 'net.ipv4.conf.IFNAME.rp_filter'],
    ['net.a+(b)|$^.*', 'net.a+(b)|$^.x'],
  ])('%s: %s', (glob, key) => {
    expect(matchesGlob(parseKeyGlob(glob), key)).toBe(true)
  })

  test.each([
    ['net.core.somaxconn', 'net.core.somaxconn2'],
    ['net.core.somaxconn', 'xnet.core.somaxconn'],
    ['net.core.*', 'net.core'],
    ['net.core.*', 'net.core.a.b'],
    ['net.*', 'net.core.somaxconn'],
    ['net.*.somaxconn', 'net.core.x.somaxconn'],
    ['net.ipv4.tcp_?', 'net.ipv4.tcp_'],
    ['net.ipv4.tcp_?', 'net.ipv4.tcp_ab'],
    ['net?core.somaxconn', 'net.core.somaxconn'],
    ['net.core.SOMAXCONN', 'net.core.somaxconn'],
    ['net.ipv4.conf.eth0/100.*', 'net.ipv4.conf.eth0.100.rp_filter'],
    ['net.a+.x', 'net.aa.x'],
  ])('%s: not %s', (glob, key) => {
    expect(matchesGlob(parseKeyGlob(glob), key)).toBe(false)
  })
})

test.each([
  ['', '', true],
  ['*', '', true],
  ['**', 'a', true],
  ['?', '', false],
  ['*a*b', 'xaxaxb', true],
  ['*a*b', 'xaxaxbx', false],
  ['a*a', 'a', false],
  ['a?*', 'ab', true],
])('within a segment %j matches %j: %s', (pattern, segment, matches) => {
  expect(matchesSegment(pattern, segment)).toBe(matches)
})

test('many wildcards against a long name that almost matches are no work', () => {
  const match = () => expect(matchesSegment(`${'*a'.repeat(200)}b`, 'a'.repeat(500))).toBe(false)
  expect(processorTimeOf(match)).toBeLessThan(1000)
})

test.each([
  ['net.core.somaxconn', undefined, false],
  ['net.*', undefined, true],
  ['net.ipv?.x', undefined, true],
  ['net.ipv4.conf.eth0/100.*', undefined, true],
  ['*', 'must start with "net."', true],
  ['n*.core.x', 'must start with "net."', true],
  ['net.', 'has an empty segment', false],
  ['net.*.', 'has an empty segment', true],
  ['net.[a]', 'may have only "*" and "?" as wildcards', false],
  ['net.a\\*', 'may have only "*" and "?" as wildcards', true],
  ['net.!a', 'may have only "*" and "?" as wildcards', false],
  ['net.a\0', 'may have only "*" and "?" as wildcards', false],
  ['net.a\n', 'may have only "*" and "?" as wildcards', false],
])('%j has the problem %j, a wildcard: %s', (text, problem, isWild) => {
  expect([keyGlobProblem(text), hasWildcard(text)]).toEqual([problem, isWild])
})
