import { describe, expect, test } from 'vitest'
import { type Machine, type Typed, typed } from '../../../helpers/cli.ts'
import type { FakeFile } from '../../../helpers/fake-os.ts'

const FOLDER = '/etc/cni/net.d'
const LIST = `${FOLDER}/10-x.conflist`
const SINGLE = `${FOLDER}/10-x.conf`
const SAVED = `${SINGLE}.netns-sysctl-saved`
const OWN = `${FOLDER}/02-netns-sysctl.conflist`
const TEXT = '{"name": "x", "plugins": [{"type": "bridge"}]}'
const ENTRY = '{"type":"netns-sysctl","sysctl":{"net.core.somaxconn":"1"}}'
const WITH = `{"name": "x", "plugins": [{"type": "bridge"}, ${ENTRY}]}`
const CONF = '{\r\n\t"cniVersion": "0.3.1", "name": "x",\r\n\t"type": "bridge", "mtu": 1e3\r\n}'
const SYSCTL = ['--sysctl', 'net.core.somaxconn=1']
const OWN_FILE = ['--own-file', '02-netns-sysctl.conflist']

const FILES: Record<string, string | FakeFile> = {
  '/proc/self/exe': { text: 'this executable', mode: 0o755 },
  '/opt/cni/bin/netns-sysctl': { text: 'this executable', mode: 0o755 },
}
const install = (args: readonly string[], { files, ...machine }: Machine = {}) =>
  typed(['install', ...SYSCTL, ...args], { files: { ...FILES, ...files }, ...machine })
const again = (before: Typed, args: readonly string[], files: Machine['files'] = {}) =>
  typed(args, { state: before.os.state, files })
const textOf = ({ os }: Typed, path: string) => os.state.shared.get(path)?.text
const namesOf = ({ os }: Typed) => os.list(FOLDER).map(({ name }) => name)

describe('without --into', () => {
  test('the first by name gets the entry, which is what runtimes load', () => {
    const files = { [`${FOLDER}/20-a.conflist`]: TEXT, [LIST]: TEXT, [`${FOLDER}/05-z.txt`]: TEXT }
    const installed = install([], { files })
    expect(installed).toMatchObject({ exitCode: 0, stderr: '' })
    expect([textOf(installed, LIST), textOf(installed, `${FOLDER}/20-a.conflist`)]).toEqual([WITH, TEXT])
  })

  test('--conf-dir names another folder', () => {
    const installed = install(['--conf-dir', '/net.d/'], { files: { '/net.d/a.conflist': TEXT, [LIST]: TEXT } })
    expect([textOf(installed, '/net.d/a.conflist'), textOf(installed, LIST)]).toEqual([WITH, TEXT])
  })

  test('a node without a network is told of --watch, and nothing is done', () => {
    const { exitCode, stderr, os } = install([])
    expect([exitCode, os.writes]).toEqual([2, []])
    expect(stderr).toBe(
      `netns-sysctl: there is no network in ${FOLDER}; where a node gets it later, install --watch waits for it\n`,
    )
  })

  test('with --dry-run and --watch it shows the first round, also where there is nothing yet', () => {
    expect(install(['--dry-run', '--watch'])).toMatchObject({ exitCode: 0, stderr: '' })
    const shown = install(['--dry-run', '--watch'], { files: { [LIST]: TEXT } })
    expect([shown.exitCode, shown.os.writes]).toEqual([0, []])
    expect(shown.stdout).toContain(`would edit ${LIST}\n`)
  })
})

test('a conflist that no runtime loads gets the entry, with a word', () => {
  const installed = install(['--into', LIST], { files: { [LIST]: TEXT, [`${FOLDER}/05-a.conf`]: CONF } })
  expect(installed.exitCode).toBe(0)
  expect(installed.stdout).toContain(
    `warning: containerd and CRI-O load only the first file of the folder, which is ${FOLDER}/05-a.conf, not ${LIST}\n`,
  )
  expect(install(['--into', LIST], { files: { [LIST]: TEXT } }).stdout).not.toContain('warning')
})

describe('a configuration of a single plugin', () => {
  test.each([
    ['the one in force', []],
    ['named', ['--into', SINGLE]],
  ])('%s becomes a conflist, which is there before it is moved aside', (_, args) => {
    const installed = install(args, { files: { [SINGLE]: { text: CONF, mode: 0o600 } } })
    expect(installed).toMatchObject({ exitCode: 0, stderr: '' })
    expect(installed.os.writes).toEqual([`${LIST} replaced`, `${SINGLE} renamed to ${SAVED}`])
    expect(JSON.parse(textOf(installed, LIST) ?? '')).toEqual({
      'netns-sysctl': { madeOf: '10-x.conf' },
      cniVersion: '0.3.1',
      name: 'x',
      plugins: [JSON.parse(CONF), JSON.parse(ENTRY)],
    })
    expect([textOf(installed, LIST)?.includes('"mtu": 1e3'), textOf(installed, SAVED)]).toEqual([true, CONF])
    expect(installed.os.state.shared.get(LIST)?.mode).toBe(0o600)
  })

  test('is done once', () => {
    const first = install(['--into', SINGLE], { files: { [SINGLE]: CONF } })
    const second = again(first, ['install', ...SYSCTL, '--into', SINGLE])
    expect([second.exitCode, second.os.writes]).toEqual([0, []])
  })

  test('is made anew after an agent has written it anew', () => {
    const first = install(['--into', SINGLE], { files: { [SINGLE]: CONF } })
    const second = again(first, ['install', ...SYSCTL], { [SINGLE]: CONF.replace('1e3', '9000') })
    expect(second.os.writes).toEqual([`${LIST} replaced`, `${SINGLE} renamed to ${SAVED}`])
    expect(textOf(second, LIST)).toContain('"mtu": 9000')
  })

  test.each([SINGLE, LIST])('comes back byte for byte, by --into %s', (path) => {
    const first = install([], { files: { [SINGLE]: CONF } })
    const back = again(first, ['uninstall', '--into', path])
    expect(back).toMatchObject({ exitCode: 0, stderr: '' })
    expect([namesOf(back), textOf(back, SINGLE)]).toEqual([['10-x.conf'], CONF])
    expect(back.os.writes).toEqual([`${SAVED} renamed to ${SINGLE}`])
  })

  test('that an agent has written anew stays as that is', () => {
    const first = install([], { files: { [SINGLE]: CONF } })
    const newer = CONF.replace('1e3', '9000')
    const back = again(first, ['uninstall', '--into', LIST], { [SINGLE]: newer })
    expect([namesOf(back), textOf(back, SINGLE)]).toEqual([['10-x.conf'], newer])
  })

  test('whose original is lost stays a conflist without the entry', () => {
    const first = install([], { files: { [SINGLE]: CONF } })
    first.os.state.shared.delete(SAVED)
    const back = again(first, ['uninstall', '--into', LIST])
    const { plugins } = JSON.parse(textOf(back, LIST) ?? '') as { plugins: unknown }
    expect([back.exitCode, plugins]).toEqual([0, [JSON.parse(CONF)]])
  })
})

describe('what somebody writes at the same moment', () => {
  test('is edited, and not replaced by what was there before', () => {
    const meanwhile = [2, 3].map((mtu) => (files: Map<string, FakeFile>) => {
      files.set(LIST, { text: TEXT.replace('"bridge"', `"bridge", "mtu": ${mtu}`) })
    })
    const installed = install([], { files: { [LIST]: TEXT }, meanwhile })
    expect(installed.exitCode).toBe(0)
    expect(textOf(installed, LIST)).toBe(WITH.replace('"bridge"', '"bridge", "mtu": 3'))
  })

  test('again and again is given up', () => {
    let mtu = 0
    const write = (files: Map<string, FakeFile>) => {
      mtu += 1
      files.set(LIST, { text: TEXT.replace('"bridge"', `"bridge", "mtu": ${mtu}`) })
    }
    const meanwhile = Array.from({ length: 200 }, () => write)
    const installed = install([], { files: { [LIST]: TEXT }, meanwhile })
    expect([installed.exitCode, installed.stderr]).toEqual([
      2,
      `netns-sysctl: ${LIST}: somebody writes it again and again\n`,
    ])
  })

  test('is not moved aside with a single configuration', () => {
    const meanwhile = [(files: Map<string, FakeFile>) => void files.set(SINGLE, { text: CONF.replace('1e3', '2') })]
    const installed = install([], { files: { [SINGLE]: CONF }, meanwhile })
    expect([installed.exitCode, textOf(installed, SINGLE)]).toEqual([2, CONF.replace('1e3', '2')])
    const second = again(installed, ['install', ...SYSCTL])
    expect([second.exitCode, textOf(second, SAVED)]).toEqual([0, CONF.replace('1e3', '2')])
    expect(textOf(second, LIST)).toContain('"mtu": 2')
  })
})

describe('--own-file', () => {
  const COPY = `{"netns-sysctl":{"copyOf":"10-x.conflist"},${WITH.slice(1)}`

  test('has the entry in a copy that sorts first, and says that nobody keeps it up to date', () => {
    const installed = install(OWN_FILE, { files: { [LIST]: { text: TEXT, mode: 0o640 } } })
    expect(installed.exitCode).toBe(0)
    expect([textOf(installed, LIST), textOf(installed, OWN)]).toEqual([TEXT, COPY])
    expect(installed.os.state.shared.get(OWN)?.mode).toBe(0o640)
    expect(installed.stdout).toContain('warning: nobody keeps 02-netns-sysctl.conflist up to date: ')
  })

  test('is never taken for the network, and follows it', () => {
    const first = install(OWN_FILE, { files: { [LIST]: TEXT } })
    expect(again(first, ['install', ...SYSCTL, ...OWN_FILE]).os.writes).toEqual([])
    const second = again(first, ['install', ...SYSCTL, ...OWN_FILE], { [LIST]: TEXT.replace('bridge', 'ptp') })
    expect([second.os.writes, textOf(second, OWN)]).toEqual([[`${OWN} replaced`], COPY.replace('bridge', 'ptp')])
  })

  test('may be a copy of a single configuration, which stays where it is', () => {
    const installed = install(OWN_FILE, { files: { [SINGLE]: CONF } })
    expect([textOf(installed, SINGLE), namesOf(installed)]).toEqual([CONF, ['10-x.conf', '02-netns-sysctl.conflist']])
    expect(JSON.parse(textOf(installed, OWN) ?? '')).toMatchObject({
      'netns-sysctl': { copyOf: '10-x.conf' },
      name: 'x',
    })
  })

  test('that would not sort first is refused', () => {
    const { exitCode, stderr, os } = install(['--own-file', '20-y.conflist'], { files: { [LIST]: TEXT } })
    expect([exitCode, os.writes]).toEqual([2, []])
    expect(stderr).toBe(
      `netns-sysctl: ${FOLDER}/20-y.conflist: would not be loaded, since 10-x.conflist sorts before it; choose a lower number\n`,
    )
  })

  test("that is somebody else's is refused", () => {
    const { exitCode, stderr } = install(OWN_FILE, { files: { [LIST]: TEXT, [OWN]: TEXT } })
    expect([exitCode, stderr]).toEqual([
      2,
      `netns-sysctl: ${OWN}: is somebody else's; give another name with --own-file\n`,
    ])
  })

  test.each(['02-x.conf', 'a/02-x.conflist', '/02-x.conflist', '02-x'])('%s is no name for it', (name) => {
    expect(install(['--own-file', name], { files: { [LIST]: TEXT } }).stderr).toContain(
      'must be the name of a file, and end with .conflist',
    )
  })

  test.each([['--into', LIST], ['--conf-dir', FOLDER], []])('is removed by uninstall %s %s', (...args) => {
    const first = install(OWN_FILE, { files: { [LIST]: TEXT } })
    const back = again(first, ['uninstall', ...args])
    expect(back).toMatchObject({ exitCode: 0, stderr: '' })
    expect([namesOf(back), textOf(back, LIST)]).toEqual([['10-x.conflist'], TEXT])
  })
})
