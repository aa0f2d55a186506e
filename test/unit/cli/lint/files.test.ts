import { describe, expect, test } from 'vitest'
import { typed } from '../../../helpers/cli.ts'
import { lintText, listOf } from '../../../helpers/lint.ts'

const GOOD = listOf({ sysctl: { 'net.core.somaxconn': 1 } })
const BARE = '{"cniVersion":"1.0.0","name":"x","plugins":[{"type":"bridge"}]}'
const UNKNOWN =
  '1:1: error: is nothing that lint knows: no conflist, no object of Kubernetes, no allowlist (a file of regular expressions) and no sysctl.d file'

describe('what a file is', () => {
  test.each<[string, string, string, string[]]>([
    ['an allowlist by its lines', '/a.conf', '# ours\n^net\\.core\\.somaxconn$\n(?i)^net\\.ipv4\\.ip_forward$\n', []],
    [
      'an allowlist by its name',
      '/allowlist.conf',
      '',
      ['1:1: warning: has no regular expression, and so allows nothing'],
    ],
    ['a file for another program', '/nginx.conf', 'user nginx;\nworker_processes auto;\n', [UNKNOWN]],
    ['an empty file', '/a.conf', '\n', [UNKNOWN]],
    ['a script', '/a.sh', '#!/bin/sh\nsysctl -w net.core.somaxconn=1\n', [UNKNOWN]],
    [
      'a sysctl.d file by its lines',
      '/a.conf',
      '; ours\nnet.core.somaxconn = 5\n-net.core.nosuch=1\nvm.swappiness=1\n',
      [],
    ],
    ['sysctl.conf', '/etc/sysctl.conf', '', []],
    [
      'a sysctl.d file by its folder',
      '/etc/sysctl.d/9.conf',
      'somaxconn\n',
      ['1:1: error: "somaxconn" is not "name = value", as sysctl.d(5) wants it'],
    ],
    [
      'names of a sysctl.d file that the host has not',
      '/etc/sysctl.d/9.conf',
      'net.ipv4.conf.*.rp_filter = 1\n-net.ipv4.conf.lo.rp_filter\n  net.core.somaxcon = 1\n',
      ['3:3: warning: net.core.somaxcon: does not exist on Linux 6.18.44; did you mean net.core.somaxconn?'],
    ],
  ])('%s', (_, file, text, findings) => {
    expect(lintText(text, file).findings).toEqual(findings)
  })
})

describe('a folder', () => {
  const files = {
    '/n/20-b.conflist': GOOD,
    '/n/10-a.conf': GOOD.replace('somaxconn', 'nosuch'),
    '/n/README': 'x',
    '/n/c/d.conf': '',
  }

  test('has all its configurations looked at, and says which one is loaded', () => {
    expect(typed(['lint', '/n'], { files })).toMatchObject({
      exitCode: 1,
      stdout: `/n/10-a.conf:9:9: error: net.core.nosuch: does not exist on Linux 6.18.44
/n/20-b.conflist: nothing found
/n: containerd and CRI-O load /n/10-a.conf, the first by name
`,
      stderr: '',
    })
    expect(JSON.parse(typed(['lint', '/n', '--json'], { files }).stdout)).toMatchObject({ inForce: ['/n/10-a.conf'] })
  })

  test('in which another is loaded than the one with the entry', () => {
    const message =
      'is in force for containerd and CRI-O, which load only the first by name, and has no plugin of type netns-sysctl; /n/2.conflist has'
    expect(typed(['lint', '/n'], { files: { '/n/2.conflist': GOOD, '/n/1.conflist': BARE } }).stdout).toContain(
      `/n/1.conflist:1:1: warning: ${message}\n`,
    )
  })
})

test('- is stdin', () => {
  expect(typed(['lint', '-'], { stdin: GOOD }).stdout).toBe('<stdin>: nothing found\n')
  expect(typed(['lint', '-'], { stdin: 'kind: Pod\napiVersion: v1\n' }).stdout).toMatch(/^<stdin>:1:1: warning: /)
})

test('one file that cannot be read does not keep the others from being looked at', () => {
  const files = { '/a.conflist': GOOD, '/c.conflist': BARE }
  const { exitCode, stdout, stderr } = typed(['lint', '/a.conflist', '/nosuch', '/c.conflist'], { files })
  expect({ exitCode, stderr }).toEqual({
    exitCode: 2,
    stderr: 'netns-sysctl: /nosuch: there is no such file or folder (ENOENT)\n',
  })
  expect(stdout.split('\n').map((line) => line.split(' ')[0])).toEqual(['/c.conflist:1:34:', '/a.conflist:', ''])
  const json = JSON.parse(typed(['lint', '/a.conflist', '/nosuch', '--json'], { files }).stdout)
  expect(json).toMatchObject({ findings: [], unread: ['/nosuch: there is no such file or folder (ENOENT)'] })
})

test('control characters of a file do not reach the terminal', () => {
  const { stdout } = lintText(listOf({ sysctl: { 'net.core.\u001b[2J': 1 }, '\u009bx': 1 }), '/a\u0007.conflist')
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
})
