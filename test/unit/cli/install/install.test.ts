import { describe, expect, test } from 'vitest'
import { type Machine, type Typed, typed } from '../../../helpers/cli.ts'
import type { FakeFile } from '../../../helpers/fake-os.ts'

const LIST = '/etc/cni/net.d/10-x.conflist'
const BEFORE = '{\n  "plugins": [\n    {"type": "bridge"}\n  ]\n}\n'
const AFTER = `{
  "plugins": [
    {"type": "bridge"},
    {
      "type": "netns-sysctl",
      "sysctl": {
        "net.core.somaxconn": "1"
      }
    }
  ]
}
`
const CHANGE = `-    {"type": "bridge"}
+    {"type": "bridge"},
+    {
+      "type": "netns-sysctl",
+      "sysctl": {
+        "net.core.somaxconn": "1"
+      }
+    }
`
const INTO = ['--into', LIST, '--sysctl', 'net.core.somaxconn=1']
const TARGET = '/opt/cni/bin/netns-sysctl'

const FILES: Record<string, string | FakeFile> = {
  '/proc/self/exe': { text: 'this executable', mode: 0o755 },
  '/opt/cni/bin/bridge': { text: 'ELF', mode: 0o755 },
  [LIST]: { text: BEFORE, mode: 0o640 },
}

const install = (args: readonly string[], { files, ...machine }: Machine = {}) =>
  typed(['install', ...args], { files: { ...FILES, ...files }, ...machine })
const fileOf = ({ os }: Typed, path: string) => os.state.shared.get(path)

test('copies itself to the folder of the plugins', () => {
  const installed = install([])
  expect(installed).toMatchObject({ exitCode: 0, stdout: `copied itself to ${TARGET}\n`, stderr: '' })
  expect(fileOf(installed, TARGET)).toEqual({ text: 'this executable', mode: 0o755 })
})

test.each(['/usr/lib/cni', '/usr/lib/cni/', '/usr/lib/cni//'])('to that which --bin-dir %s names', (folder) => {
  const installed = install(['--bin-dir', folder], { files: { '/usr/lib/cni/ptp': '' } })
  expect(installed.stdout).toBe('copied itself to /usr/lib/cni/netns-sysctl\n')
  expect(fileOf(installed, '/usr/lib/cni/netns-sysctl')).toBeDefined()
})

test('puts its entry into a conflist, shows the change, and keeps the mode of the file', () => {
  const installed = install(INTO)
  expect(installed).toMatchObject({ exitCode: 0, stdout: `copied itself to ${TARGET}\nedited ${LIST}\n${CHANGE}` })
  expect(fileOf(installed, LIST)).toMatchObject({ text: AFTER, mode: 0o640 })
})

test('the executable is there before anything names it', () => {
  expect(install(INTO).os.writes).toEqual([`${TARGET} replaced`, `${LIST} replaced`])
})

test('every option may be given more than once, in either form', () => {
  const args = ['--sysctl=net.core.somaxconn = 5 ', '--sysctl', 'net.ipv4.ip_local_port_range=1024 65535']
  const more = ['--inherit', 'net.ipv4.ip_forward', '--inherit=net.ipv4.tcp_keepalive_*', '--sysctl=-net.core.nosuch=1']
  const installed = install([...args, '--into', LIST, ...more])
  expect(installed.stderr).toBe('netns-sysctl: warning: net.core.nosuch: does not exist on Linux 6.18.44\n')
  const { plugins } = JSON.parse(fileOf(installed, LIST)?.text ?? '') as { plugins: unknown[] }
  expect(plugins[1]).toEqual({
    type: 'netns-sysctl',
    sysctl: { 'net.core.somaxconn': '5', 'net.ipv4.ip_local_port_range': '1024 65535', '-net.core.nosuch': '1' },
    inherit: ['net.ipv4.ip_forward', 'net.ipv4.tcp_keepalive_*'],
  })
})

describe('doing it again', () => {
  test('changes nothing, and says so', () => {
    const { os } = install(INTO)
    const again = typed(['install', ...INTO], { state: os.state })
    expect(again).toMatchObject({ exitCode: 0, stdout: `is as it should be: ${TARGET}\nis as it should be: ${LIST}\n` })
    expect(again.os.writes).toEqual([])
  })

  test.each<[string, FakeFile]>([
    ['an older one', { text: 'an older executable', mode: 0o755 }],
    ['one that is not executable', { text: 'this executable', mode: 0o644 }],
    ['a link', { text: 'this executable', mode: 0o777, kind: 'link' }],
  ])('replaces %s', (_, file) => {
    const installed = install([], { files: { [TARGET]: file } })
    expect(installed.stdout).toBe(`copied itself to ${TARGET}\n`)
    expect(fileOf(installed, TARGET)).toEqual({ text: 'this executable', mode: 0o755 })
  })
})

describe('--dry-run', () => {
  test('shows what it would do, and does nothing', () => {
    const { exitCode, stdout, os } = install([...INTO, '--dry-run'])
    expect([exitCode, stdout]).toEqual([0, `would copy itself to ${TARGET}\nwould edit ${LIST}\n${CHANGE}`])
    expect(os.writes).toEqual([])
    expect(os.readFile(LIST)).toBe(BEFORE)
  })

  test('refuses what the deed would refuse', () => {
    expect(install([...INTO, '--dry-run', '--bin-dir', '/nosuch']).exitCode).toBe(2)
  })
})

test('--json has the same for programs', () => {
  const { stdout } = install([...INTO, '--dry-run', '--json'], { isTerminal: true })
  expect(JSON.parse(stdout)).toEqual({
    dryRun: true,
    steps: [
      { path: TARGET, action: 'copy', changes: true, lines: [] },
      { path: LIST, action: 'edit', changes: true, lines: CHANGE.trimEnd().split('\n') },
    ],
  })
})

test('on a terminal, what comes is green and what goes is red', () => {
  const { stdout } = install(INTO, { isTerminal: true })
  expect(stdout).toContain('\u001b[31m-    {"type": "bridge"}\u001b[0m\n\u001b[32m+    {"type": "bridge"},\u001b[0m\n')
})

test('for others than root it goes by what the host has, if it need not be checked', () => {
  const args = ['--into', LIST, '--sysctl', 'net.core.netdev_max_backlog=1']
  expect(install([...args, '--unchecked'], { fresh: null }).exitCode).toBe(0)
  expect(install(args, { fresh: null })).toMatchObject({
    exitCode: 2,
    stderr:
      'netns-sysctl: not looked at: what a container has: making a network namespace needs root; --unchecked installs it all the same\n',
  })
  expect(install(args).stderr).toMatch(/^netns-sysctl: net\.core\.netdev_max_backlog: exists only on the host/)
})

test('what cannot be written is said in words', () => {
  expect(install(INTO, { replaceFails: 'EROFS' })).toMatchObject({
    exitCode: 2,
    stderr: `netns-sysctl: ${TARGET}: is on a read-only file system (EROFS)\n`,
  })
})
