import { describe, expect, test } from 'vitest'
import { type Machine, typed } from '../../../helpers/cli.ts'
import type { FakeFile } from '../../../helpers/fake-os.ts'

const FOLDER = '/etc/cni/net.d'
const LIST = `${FOLDER}/10-x.conflist`
const TARGET = '/opt/cni/bin/netns-sysctl'
const WITHOUT = '{"plugins": [{"type": "bridge"}]}'
const WITH = '{"plugins": [{"type": "bridge"}, {"type": "netns-sysctl", "sysctl": {}}]}'

const uninstall = (args: readonly string[], { files, ...machine }: Machine = {}) => {
  const usual: Record<string, string | FakeFile> = {
    [TARGET]: { text: 'x', mode: 0o755 },
    [LIST]: { text: WITH, mode: 0o600 },
  }
  return typed(['uninstall', ...args], { files: { ...usual, ...files }, ...machine })
}

test('takes the entry out of the conflist, and then the executable out of its folder', () => {
  const { exitCode, stdout, os } = uninstall(['--into', LIST])
  expect({ exitCode, stdout }).toEqual({
    exitCode: 0,
    stdout: `edited ${LIST}\n-${WITH}\n+${WITHOUT}\nremoved ${TARGET}\n`,
  })
  expect(os.writes).toEqual([`${LIST} replaced`])
  expect(os.state.shared.get(LIST)).toMatchObject({ text: WITHOUT, mode: 0o600 })
  expect(os.state.shared.has(TARGET)).toBe(false)
})

test('doing it again changes nothing, and says so', () => {
  const { os } = uninstall(['--into', LIST])
  const again = typed(['uninstall', '--into', LIST], { state: os.state })
  expect(again).toMatchObject({ exitCode: 0, stdout: `is as it should be: ${LIST}\nis not there: ${TARGET}\n` })
  expect(again.os.writes).toEqual([])
})

test('--dry-run shows what it would do, and does nothing', () => {
  const { exitCode, stdout, os } = uninstall(['--into', LIST, '--dry-run'])
  expect({ exitCode, stdout }).toEqual({
    exitCode: 0,
    stdout: `would edit ${LIST}\n-${WITH}\n+${WITHOUT}\nwould remove ${TARGET}\n`,
  })
  expect([os.writes, os.readFile(LIST), os.state.shared.has(TARGET)]).toEqual([[], WITH, true])
})

test('--json has the same for programs', () => {
  expect(JSON.parse(uninstall(['--into', LIST, '--json']).stdout)).toEqual({
    dryRun: false,
    steps: [
      { path: LIST, action: 'edit', changes: true, lines: [`-${WITH}`, `+${WITHOUT}`] },
      { path: TARGET, action: 'remove', changes: true, lines: [] },
    ],
  })
})

describe('while a configuration names the plugin, its executable stays', () => {
  const told = (paths: string) =>
    `netns-sysctl: ${paths}: still names netns-sysctl, and its pods would not start; take it out of there, with --into\n`

  test('the one in the usual folder', () => {
    const { exitCode, stderr, os } = uninstall([])
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: told(LIST) })
    expect(os.state.shared.has(TARGET)).toBe(true)
  })

  test('another one beside that which is edited', () => {
    const files = { [`${FOLDER}/20-y.conf`]: '{"type": "netns-sysctl"}', [`${FOLDER}/30-z.json`]: WITH }
    const { exitCode, stdout, os } = uninstall(['--into', LIST], { files })
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: `edited ${LIST}\n-${WITH}\n+${WITHOUT}\nkept ${TARGET}: ${FOLDER}/20-y.conf, ${FOLDER}/30-z.json name it\n`,
    })
    expect([os.readFile(LIST), os.state.shared.has(TARGET)]).toEqual([WITHOUT, true])
  })

  test('two that it is taken out of in one go', () => {
    const other = `${FOLDER}/20-y.conflist`
    const { exitCode, os } = uninstall(['--into', LIST, '--into', other], { files: { [other]: WITH } })
    expect([exitCode, os.readFile(other), os.state.shared.has(TARGET)]).toEqual([0, WITHOUT, false])
  })

  test('what no runtime takes for a configuration does not count', () => {
    const files = {
      [`${FOLDER}/10-x.conflist.bak`]: WITH,
      [`${FOLDER}/20-y.conflist`]: `${WITH},`,
      [`${FOLDER}/30-z.conflist`]: { text: WITH, mode: 0 },
      [`${FOLDER}/40-z.conflist`]: WITHOUT,
      '/elsewhere/10-x.conflist': WITH,
    }
    expect(uninstall(['--into', LIST], { files }).exitCode).toBe(0)
  })

  test('without the usual folder there is none', () => {
    expect(typed(['uninstall'], { files: { [TARGET]: 'x' } })).toMatchObject({
      exitCode: 0,
      stdout: `removed ${TARGET}\n`,
    })
  })
})

test('--bin-dir names the folder', () => {
  const files = { '/usr/lib/cni/netns-sysctl': 'x', [LIST]: WITHOUT }
  expect(uninstall(['--bin-dir', '/usr/lib/cni/'], { files }).stdout).toBe('removed /usr/lib/cni/netns-sysctl\n')
})

describe('is refused, and nothing is done', () => {
  test.each([
    ['a link', '/l.conflist', '/l.conflist: is a symbolic link; give the file that it points to'],
    ['a single configuration', '/s.conf', '/s.conf: is no conflist, it has no "plugins"'],
    ['a list of nothing else', '/o.conflist', '/o.conflist: nothing would be left of its "plugins"'],
    ['a file that there is not', '/nosuch', '/nosuch: there is no such file or folder (ENOENT)'],
  ])('%s', (_, path, message) => {
    const files: Record<string, string | FakeFile> = {
      '/l.conflist': { text: WITH, kind: 'link' },
      '/s.conf': '{"type": "netns-sysctl"}',
      '/o.conflist': '{"plugins": [{"type": "netns-sysctl"}]}',
    }
    const { exitCode, stderr, os } = uninstall(['--into', path], { files })
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: `netns-sysctl: ${message}\n` })
    expect([os.writes, os.state.shared.has(TARGET)]).toEqual([[], true])
  })
})
