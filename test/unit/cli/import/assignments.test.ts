import { describe, expect, test } from 'vitest'
import { collectAssignments } from '../../../../plugin/cli/import/assignments.ts'

const NAMES = ['all', 'default', 'lo', 'eth0.100'].map((name) => ['net', 'ipv4', 'conf', name, 'rp_filter'])

/** The settings of some files' texts, `name=value` with slashes between the segments. */
function set(...texts: readonly string[]): string[] {
  const files = texts.map((text, index) => ({ path: `${index}.conf`, text }))
  return collectAssignments(files, NAMES).assignments.map(({ segments, value }) => `${segments.join('/')}=${value}`)
}

describe('a line of sysctl.d(5)', () => {
  test.each([
    ['blanks around it', '  net.core.somaxconn  =  16384  ', ['net/core/somaxconn=16384']],
    ['none', 'net.core.somaxconn=16384', ['net/core/somaxconn=16384']],
    ['comments', '# a=1\n;b=2\n\n  # c=3', []],
    ['an equals sign in its value', 'net.core.x = a=b', ['net/core/x=a=b']],
    ['no value', 'net.core.x =', ['net/core/x=']],
    [
      'slashes, and a dot within a segment',
      'net/ipv4/conf/eth0.100/rp_filter=1',
      ['net/ipv4/conf/eth0.100/rp_filter=1'],
    ],
    ['dots, and a slash for a dot', 'net.ipv4.conf.eth0/100.rp_filter=1', ['net/ipv4/conf/eth0.100/rp_filter=1']],
    ['carriage returns', 'net.core.x=1\r\nnet.core.y=2\r\n', ['net/core/x=1', 'net/core/y=2']],
  ])('with %s', (_, text, expected) => {
    expect(set(text)).toEqual(expected)
  })

  test('a - before the name lets it fail', () => {
    const { assignments } = collectAssignments([{ path: 'f', text: '-net.core.x = 1' }], [])
    expect(assignments).toEqual([{ segments: ['net', 'core', 'x'], value: '1', mayFail: true, file: 'f', line: 1 }])
  })

  test.each(['net.core.x', 'two words', '= 1', 'net..x = 1', '.net.x=1', '-=1'])('%j is none', (text) => {
    const { assignments, badLines } = collectAssignments([{ path: 'f', text: `\n${text}` }], [])
    expect([assignments, badLines]).toEqual([[], [{ file: 'f', line: 2, text }]])
  })
})

describe('of several lines', () => {
  test('the last of a name counts, in any spelling, and stands where it was given last', () => {
    expect(set('net.core.a=1\nnet.core.b=2', 'net/core/a=3')).toEqual(['net/core/b=2', 'net/core/a=3'])
  })

  test('a glob sets what exists', () => {
    expect(set('net.ipv4.conf.*.rp_filter = 2')).toEqual(NAMES.map((name) => `${name.join('/')}=2`))
    expect(set('net.ipv4.conf.eth?.rp_filter = 2', 'net.ipv4.conf.*.nosuch=1')).toEqual([])
  })

  test('a name wins over a glob, wherever either stands', () => {
    const glob = 'net.ipv4.conf.*.rp_filter=2'
    const name = 'net.ipv4.conf.lo.rp_filter=0'
    for (const texts of [
      [glob, name],
      [name, glob],
    ])
      expect(set(...texts)).toContain('net/ipv4/conf/lo/rp_filter=0')
  })

  test('a name with a - and no value is taken out of a glob', () => {
    const left = set('net.ipv4.conf.*.rp_filter=2\n-net.ipv4.conf.lo.rp_filter')
    expect(left).not.toContain('net/ipv4/conf/lo/rp_filter=2')
    expect(left).toHaveLength(3)
  })
})
