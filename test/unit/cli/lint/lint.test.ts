import { describe, expect, test } from 'vitest'
import { typed } from '../../../helpers/cli.ts'
import { lintText, listOf } from '../../../helpers/lint.ts'

const GOOD = listOf({ sysctl: { 'net.core.somaxconn': 1 } })
const BAD = listOf({ sysctl: { 'net.core.somaxcon': 1 }, mtus: 1 })
const NOT_LOOKED_AT = 'not looked at: what a container has: making a network namespace needs root\n'

test('a file in which nothing is wrong is said to be fine', () => {
  expect(lintText(GOOD, '/a.conflist')).toMatchObject({
    exitCode: 0,
    stdout: '/a.conflist: nothing found\n',
    stderr: '',
  })
})

test('findings are in the order of the files and of the lines in them', () => {
  const files = { '/b.conflist': BAD, '/a.conflist': GOOD, '/c.conflist': '{}' }
  expect(typed(['lint', '/b.conflist', '/a.conflist', '/c.conflist'], { files })).toMatchObject({
    exitCode: 1,
    stdout: `/b.conflist:9:9: error: net.core.somaxcon: does not exist on Linux 6.18.44; did you mean net.core.somaxconn?
/b.conflist:11:7: warning: mtus is unknown and ignored; did you mean mtu?
/c.conflist:1:1: warning: there is no plugin of type netns-sysctl in it
/a.conflist: nothing found
`,
    stderr: '',
  })
})

test('--json has the same, for programs', () => {
  for (const args of [
    ['lint', '/b.conflist', '--json'],
    ['lint', '--json', '/b.conflist'],
  ]) {
    const { exitCode, stdout } = typed(args, { files: { '/b.conflist': BAD }, isTerminal: true })
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toEqual({
      findings: [
        {
          file: '/b.conflist',
          line: 9,
          column: 9,
          level: 'error',
          message: 'net.core.somaxcon: does not exist on Linux 6.18.44; did you mean net.core.somaxconn?',
          rule: 'kernel',
        },
        {
          file: '/b.conflist',
          line: 11,
          column: 7,
          level: 'warning',
          message: 'mtus is unknown and ignored; did you mean mtu?',
          rule: 'unknown-member',
        },
      ],
      notLookedAt: [],
      notes: [],
      inForce: [],
      unread: [],
    })
  }
})

test('on a terminal it has colours', () => {
  const { stdout } = lintText(BAD, '/b.conflist', { isTerminal: true })
  expect(stdout).toContain('\u001b[1m/b.conflist:9:9:\u001b[0m \u001b[31merror\u001b[0m: net.core')
  expect(stdout).toContain('\u001b[33mwarning\u001b[0m: mtus')
  expect(lintText(GOOD, '/a.conflist', { isTerminal: true }).stdout).toBe(
    '\u001b[1m/a.conflist\u001b[0m: \u001b[32mnothing found\u001b[0m\n',
  )
})

describe('for others than root', () => {
  test('it says what it could not look at, which is not a finding', () => {
    expect(lintText(GOOD, '/a.conflist', { fresh: null })).toMatchObject({
      exitCode: 0,
      stdout: `/a.conflist: nothing found\n${NOT_LOOKED_AT}`,
    })
  })

  test('it goes by what the host has', () => {
    const sysctl = { 'net.core.netdev_max_backlog': 1, 'net.core.nosuch': 1 }
    expect(lintText(listOf({ sysctl }), '/a.conflist', { fresh: null }).findings).toEqual([
      '10:9: error: net.core.nosuch: does not exist on Linux 6.18.44',
    ])
  })

  test('--json says it too', () => {
    const { stdout } = typed(['lint', '/a.conflist', '--json'], { files: { '/a.conflist': GOOD }, fresh: null })
    expect(JSON.parse(stdout)).toEqual({
      findings: [],
      notLookedAt: ['what a container has: making a network namespace needs root'],
      notes: [],
      inForce: [],
      unread: [],
    })
  })
})

describe('what is not JSON', () => {
  test.each([
    [
      'a comma too much',
      '{\n  "plugins": [],\n}',
      '3:1: error: is not JSON: has "}" where a name in double quotes should be',
    ],
    ['a quote too few', '{"name": "x}', '1:10: error: is not JSON: ends within a string'],
    ['half of it', '{"plugins": [', '1:14: error: is not JSON: ends where a value should be'],
    ['nothing', '', '1:1: error: is not JSON: ends where a value should be'],
    ['a comment', '// ours\n{}', '1:1: error: is not JSON: has "/" where a value should be'],
    ['a byte order mark', '\ufeff{}', '1:1: error: is not JSON: has "\\u{feff}" where a value should be'],
    ['more than JSON', '{}\n{}', '2:1: error: is not JSON: has "{" where the end should be'],
  ])('%s', (_, text, finding) => {
    expect(lintText(text)).toMatchObject({ exitCode: 1, findings: [finding] })
  })

  test('by another name than .conflist and .json is an allowlist, unless it starts as JSON does', () => {
    expect(lintText('^net\\.core\\.somaxconn$\n', '/a.conf').findings).toEqual([])
    expect(lintText(' {"type": "x"', '/a.conf').findings).toEqual([
      '1:14: error: is not JSON: ends where "," or "}" should be',
    ])
  })
})

test('members that are given twice are errors where they are given again', () => {
  const text =
    '{"cniVersion":"1.0.0","name":"x","plugins":[{"type":"bridge"},\n{"type":"netns-sysctl","mtu":1400,"mtu":1500}]}'
  expect(lintText(text).findings).toEqual(['2:35: error: plugins[1].mtu is given twice'])
})

describe('a file that cannot be read ends it with 2', () => {
  test.each([
    ['a missing one', {}, '/x: there is no such file or folder (ENOENT)'],
    [
      'one that only root may read',
      { '/x': { text: '', mode: 0o000 } },
      '/x: permission denied; run it as root (EACCES)',
    ],
    [
      'a folder with nothing in it',
      { '/x/y': '' },
      '/x: has no configuration, which would end in .conf, .conflist or .json',
    ],
  ])('%s', (_, files, message) => {
    expect(typed(['lint', '/x'], { files })).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: `netns-sysctl: ${message}\n`,
    })
  })
})

test('it writes nothing', () => {
  expect(lintText(BAD).os.writes).toEqual([])
})

test('a user namespace that does not let it back to the host is no matter', () => {
  expect(lintText(GOOD, '/a.conflist', { leaveFails: 'EPERM' })).toMatchObject({ exitCode: 0, stderr: '' })
})
