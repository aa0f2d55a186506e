import { describe, expect, test } from 'vitest'
import { typed } from '../../../helpers/cli.ts'

const LIST = '/etc/cni/net.d/10-x.conflist'
const ANNOTATIONS = { 'io.kubernetes.cri.pod-annotations': true }

/** The entry that some arguments make, if `own` is already there. */
function entryOf(
  args: readonly string[],
  own: object | undefined = undefined,
  files: Record<string, string> = {},
): unknown {
  const plugins = [{ type: 'bridge' }, ...(own === undefined ? [] : [{ type: 'netns-sysctl', ...own }])]
  const ran = typed(['install', '--unchecked', ...args], {
    files: {
      '/proc/self/exe': 'this executable',
      '/opt/cni/bin/bridge': 'ELF',
      [LIST]: JSON.stringify({ plugins }),
      ...files,
    },
  })
  expect([ran.exitCode, ran.stderr]).toEqual([0, expect.not.stringContaining('not installed')])
  return (JSON.parse(ran.os.readFile(LIST)) as { plugins: readonly unknown[] }).plugins.at(-1)
}

const refusal = (args: readonly string[], files: Record<string, string> = {}) =>
  typed(['install', '--unchecked', ...args], { files: { [LIST]: '{"plugins": [{"type": "bridge"}]}', ...files } })
    .stderr

describe('what pods may set', () => {
  test('comes with what makes containerd send their annotations', () => {
    expect(entryOf(['--pod-allow', 'net.core.somaxconn', '--pod-allow=net.ipv4.tcp_*'])).toEqual({
      type: 'netns-sysctl',
      pod: { allow: ['net.core.somaxconn', 'net.ipv4.tcp_*'] },
      capabilities: ANNOTATIONS,
    })
  })

  test('leaves what else the entry asks of the runtime', () => {
    expect(entryOf(['--pod-allow', 'net.core.somaxconn'], { capabilities: { mac: true }, mtu: 1400 })).toEqual({
      type: 'netns-sysctl',
      mtu: 1400,
      pod: { allow: ['net.core.somaxconn'] },
      capabilities: { mac: true, ...ANNOTATIONS },
    })
  })

  test('is as it should be the second time', () => {
    const args = ['install', '--unchecked', '--pod-allow', 'net.core.somaxconn', '--restore-on-del', 'false']
    const files = { '/proc/self/exe': 'x', '/opt/cni/bin/bridge': '', [LIST]: '{"plugins": [{"type": "bridge"}]}' }
    const first = typed(args, { files })
    const second = typed(args, { state: first.os.state })
    expect(second.stdout).toContain(`is as it should be: ${LIST}\n`)
  })

  test('may be profiles, from JSON or from a file of sysctl.d', () => {
    const args = ['--profile', 'web=/web.json', '--profile', 'bulk=/bulk.conf', '--pod-profile', 'web']
    const files = {
      '/web.json': '{"inherit": ["net.core.somaxconn"]}',
      '/bulk.conf': '# big\nnet.ipv4.ip_local_port_range = 1024 65535\n',
    }
    expect(entryOf(args, undefined, files)).toEqual({
      type: 'netns-sysctl',
      profiles: {
        web: { inherit: ['net.core.somaxconn'] },
        bulk: { sysctl: { 'net.ipv4.ip_local_port_range': '1024 65535' } },
      },
      pod: { profiles: ['web'] },
      capabilities: ANNOTATIONS,
    })
  })
})

test.each([
  ['true', true],
  ['false', false],
])('--restore-on-del %s', (text, restoreOnDel) => {
  expect(entryOf(['--restore-on-del', text])).toEqual({ type: 'netns-sysctl', restoreOnDel })
})

describe('--entry', () => {
  test('has the whole entry: what is not in it goes', () => {
    const files = { '/e.json': '{"sysctl": {"net.core.somaxconn": 5}, "mtu": 1400}' }
    expect(entryOf(['--entry', '/e.json'], { inherit: ['net.ipv4.*'], mtu: 9000 }, files)).toEqual({
      type: 'netns-sysctl',
      sysctl: { 'net.core.somaxconn': 5 },
      mtu: 1400,
    })
  })

  test('with `first` stands before the network plugin, beside one behind it', () => {
    const files = {
      '/e.json': '{"type": "netns-sysctl", "first": true, "sysctl": {"net.core.somaxconn": "5"}}',
    }
    const base = { '/proc/self/exe': 'x', '/opt/cni/bin/bridge': '', ...files }
    const before = '{"plugins": [{"type": "bridge"}, {"type": "netns-sysctl", "mtu": 1400}]}'
    const ran = typed(['install', '--unchecked', '--entry', '/e.json'], { files: { ...base, [LIST]: before } })
    expect(ran.os.readFile(LIST)).toBe(
      `{"plugins": [${'{"type":"netns-sysctl","first":true,"sysctl":{"net.core.somaxconn":"5"}}'}, {"type": "bridge"}, {"type": "netns-sysctl", "mtu": 1400}]}`,
    )
    const again = typed(['install', '--unchecked', '--entry', '/e.json'], { state: ran.os.state })
    expect(again.os.writes).toEqual([])
    const back = typed(['uninstall', '--into', LIST], { state: ran.os.state })
    expect(back.os.readFile(LIST)).toBe('{"plugins": [{"type": "bridge"}]}')
  })
})

test.each<[string, string[], string]>([
  [
    'an entry and more',
    ['--entry', '/e.json', '--sysctl', 'net.a.b=1'],
    '--entry has the whole entry, so --sysctl does not',
  ],
  ['an entry of another type', ['--entry', '/t.json'], '/t.json: its "type" is not netns-sysctl'],
  ['an entry that is not an object', ['--entry', '/a.json'], '/a.json: is not an entry: it must be a JSON object'],
  ['an entry that is not JSON', ['--entry', '/n.json'], '/n.json:1:1: is not JSON'],
  ['an entry that there is not', ['--entry', '/no.json'], '/no.json: there is no such file or folder'],
  ['a profile without a file', ['--profile', 'web'], '--profile web is not NAME=FILE'],
  ['a profile that is neither', ['--profile', 'web=/n.json'], '/n.json, line 1: "nonsense" is not "name = value"'],
  ['restore-on-del that is no boolean', ['--restore-on-del', '1'], '--restore-on-del 1 must be true or false'],
])('is refused: %s', (_, args, message) => {
  const files = { '/e.json': '{}', '/t.json': '{"type": "tuning"}', '/a.json': '[]', '/n.json': 'nonsense' }
  expect(refusal(args, files)).toContain(message)
})
