import { describe, expect, test } from 'vitest'
import { lintText } from '../../../helpers/lint.ts'

const lint = (text: string) => lintText(text, '/etc/cni/tuning/allowlist.conf').findings

const ANYWHERE = 'matches anywhere in a name; start it with "^" and end it with "$"'
const AT_END = 'matches the ends of longer names too; start it with "^"'
const AT_START = 'matches the starts of longer names too; end it with "$"'

describe('patterns that are not anchored', () => {
  test.each([
    ['net.core.somaxconn', ANYWHERE],
    ['net\\.core\\.somaxconn$', AT_END],
    ['^net\\.core\\.', AT_START],
    ['^net\\.core\\.somaxconn\\$', AT_START],
    ['(?i)net\\.core\\.somaxconn$', AT_END],
    [
      '^net\\.core\\.somaxconn$|net\\.ipv4',
      'matches anywhere in a name; start each side of "|" with "^" and end it with "$"',
    ],
    [
      '^net\\.core\\.somaxconn|^net\\.ipv4\\..*$',
      'matches the starts of longer names too; end each side of "|" with "$"',
    ],
    ['^(net\\.core\\.somaxconn$|x)', AT_START],
  ])('%s', (pattern, message) => {
    expect(lint(pattern)).toEqual([`1:1: warning: ${pattern}: ${message}`])
  })
})

describe('patterns that are fine', () => {
  test.each([
    '^net\\.core\\.somaxconn$',
    '(?i)^NET\\.core\\.somaxconn$',
    '^net\\.(core|ipv4)\\.[a-z_]*$',
    '^net\\.core\\.somaxconn$|^net\\.ipv4\\.ip_forward$',
    '^net\\.core\\.[|s]omaxconn$',
    '^net\\.ipv4\\.conf\\.IFNAME\\.rp_filter$',
    '^net\\.ipv4\\.conf\\.eth0\\.rp_filter$',
    '^net\\.core\\.netdev_max_backlog$',
    '# a comment (',
    '',
  ])('%s', (pattern) => {
    expect(lint(`^net\\..*$\n${pattern}\n`)).toEqual([])
  })
})

test('a pattern that matches nothing', () => {
  expect(lint('^net\\.core\\.nosuch$\n')).toEqual([
    '1:1: warning: ^net\\.core\\.nosuch$: matches no sysctl of this node',
  ])
})

test.each([
  ['(', 'a ")" is missing'],
  ['[[:nosuch:]]', 'has the class [:nosuch:], which RE2 does not have'],
  ['*', 'has nothing before a repetition'],
])('%s is not a regular expression', (pattern, reason) => {
  expect(lint(`^net\\..*$\n\n  ${pattern}\n`)).toEqual([
    `3:3: error: ${pattern}: is not a regular expression: ${reason}; so nothing is allowed and no pod starts`,
  ])
})

test.each(['', '\n\n', '# only this\n  # and this'])('%j allows nothing', (text) => {
  expect(lint(text)).toEqual(['1:1: warning: has no regular expression, and so allows nothing'])
})

test('lines may end with CRLF', () => {
  expect(lint('^net\\.core\\.somaxconn$\r\nnet\r\n')).toEqual([`2:1: warning: net: ${ANYWHERE}`])
})
