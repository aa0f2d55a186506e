import { describe, expect, test } from 'vitest'
import { typed } from '../../../helpers/cli.ts'
import type { FakeFile } from '../../../helpers/fake-os.ts'

const LIST = '/etc/cni/net.d/10-x.conflist'
const BEFORE = '{"plugins": [{"type": "bridge"}]}'
const INTO = ['--into', LIST, '--sysctl', 'net.core.somaxconn=1']

describe('is refused, and nothing is done', () => {
  const SEE = '; see netns-sysctl install --help'
  test.each<[string, string[], string]>([
    [
      'a folder that there is not',
      ['--bin-dir', '/nosuch'],
      "there is no folder /nosuch; give that of this node's CNI plugins with --bin-dir",
    ],
    [
      'a file for a folder',
      ['--bin-dir', LIST],
      `there is no folder ${LIST}; give that of this node's CNI plugins with --bin-dir`,
    ],
    ...['--into', '--conf-dir', '--own-file'].map((name): [string, string[], string] => [
      `${name} with nothing to put there`,
      [name, 'x.conflist'],
      `${name} goes with what the entry is to have: at least one --sysctl, --inherit, --import, --pod-allow or --entry${SEE}`,
    ]),
    [
      'no assignment',
      ['--into', LIST, '--sysctl', 'net.core.somaxconn'],
      `--sysctl net.core.somaxconn is not KEY=VALUE${SEE}`,
    ],
    ['no name', ['--into', LIST, '--sysctl', '=1'], `--sysctl =1 is not KEY=VALUE${SEE}`],
    ['a name twice', [...INTO, '--sysctl', 'net.core.somaxconn=2'], `--sysctl net.core.somaxconn is given twice${SEE}`],
    [
      'a name in two spellings',
      [...INTO, '--sysctl', 'net/core/somaxconn=2'],
      'net.core.somaxconn is set twice, as net.core.somaxconn and as net/core/somaxconn; leave one of them',
    ],
    [
      'a name that the kernel has not',
      ['--into', LIST, '--sysctl', 'net.core.somaxcon=1'],
      'net.core.somaxcon: does not exist on Linux 6.18.44; did you mean net.core.somaxconn?',
    ],
    [
      'everything that it has not',
      ['--into', LIST, '--sysctl', 'net.core.a=1', '--inherit', 'net.core.b'],
      'net.core.b: cannot be copied from the host: does not exist on Linux 6.18.44; net.core.a: does not exist on Linux 6.18.44',
    ],
    [
      'a glob of another tree',
      ['--into', LIST, '--inherit', 'vm.*'],
      'inherit[0] "vm.*" must start with "net."; patterns are like net.core.somaxconn and net.ipv4.tcp_keepalive_*',
    ],
    [
      'a file that there is not',
      ['--into', '/nosuch', '--inherit', 'net.core.somaxconn'],
      'there is no /nosuch; where a node gets it later, install --watch waits for it',
    ],
    [
      'a single configuration without a name',
      ['--into', '/single.conf', '--inherit', 'net.core.somaxconn'],
      '/single.conf: has no "name", which a conflist needs',
    ],
    [
      'what is neither',
      ['--into', '/neither.conf', '--inherit', 'net.core.somaxconn'],
      '/neither.conf: is not a configuration: it has neither "plugins" nor a "type"',
    ],
    [
      'a single configuration beside a conflist of its name',
      ['--into', '/beside.conf', '--inherit', 'net.core.somaxconn'],
      '/beside.conf: is not a conflist, and /beside.conflist, which would take its place, is there already',
    ],
    [
      'an empty list',
      ['--into', '/empty.conflist', '--inherit', 'net.core.somaxconn'],
      '/empty.conflist: its "plugins" have no network plugin that netns-sysctl could be chained after',
    ],
    [
      'a symbolic link',
      ['--into', '/link.conflist', '--inherit', 'net.core.somaxconn'],
      '/link.conflist: is a symbolic link; give the file that it points to',
    ],
    [
      'what is not UTF-8',
      ['--into', '/latin1.conflist', '--inherit', 'net.core.somaxconn'],
      '/latin1.conflist: is not UTF-8',
    ],
    [
      'a file on a read-only file system',
      ['--into', '/ro.conflist', '--inherit', 'net.core.somaxconn'],
      '/ro.conflist: is on a read-only file system (EROFS)',
    ],
  ])('%s', (_, args, message) => {
    const files: Record<string, string | FakeFile> = {
      '/proc/self/exe': 'this executable',
      '/opt/cni/bin/bridge': 'ELF',
      [LIST]: BEFORE,
      '/single.conf': '{"type": "bridge"}',
      '/neither.conf': '{"name": "x"}',
      '/beside.conf': '{"type": "bridge", "name": "x"}',
      '/beside.conflist': BEFORE,
      '/empty.conflist': '{"plugins": []}',
      '/link.conflist': { text: BEFORE, kind: 'link', mode: 0o777 },
      '/latin1.conflist': BEFORE.replace('bridge', 'br\ufffdcke'),
      '/ro.conflist': { text: BEFORE, mode: 0o444, writeFails: 'EROFS' },
    }
    const refused = typed(['install', ...args], { files })
    expect(refused).toMatchObject({ exitCode: 2, stdout: '', stderr: `netns-sysctl: ${message}\n` })
    expect(refused.os.writes).toEqual([])
  })
})
