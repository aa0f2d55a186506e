import { describe, expect, test } from 'vitest'
import type { Wakening } from '../../../../plugin/os/watching.ts'
import { type Machine, type Typed, typed } from '../../../helpers/cli.ts'
import type { FakeFile, FakeFiles } from '../../../helpers/fake-os.ts'
import { START_SECONDS } from '../../../helpers/fake-watching.ts'

const FOLDER = '/etc/cni/net.d'
const LIST = `${FOLDER}/10-x.conflist`
const OWN = `${FOLDER}/02-netns-sysctl.conflist`
const TEXT = '{"plugins": [{"type": "bridge"}]}'
const WITH = '{"plugins": [{"type": "bridge"}, {"type":"netns-sysctl","sysctl":{"net.core.somaxconn":"1"}}]}'
const TARGET = '/opt/cni/bin/netns-sysctl'
const SELF: FakeFile = { text: 'this executable', mode: 0o755 }
const STATE = '/run/watcher'
const READY = `${STATE}/ready`
const METRICS = `${STATE}/netns-sysctl.prom`

type Files = Map<string, FakeFile>
type Event = (files: Files) => void

/** A watcher that waits once for each event, which happens then; the folder exists. */
function watched(events: readonly Event[], args: readonly string[] = [], { files, ...machine }: Machine = {}): Typed {
  const left = [...events]
  const wait = (shared: Files, milliseconds: number): Wakening => {
    // A pause, in which nothing happens.
    if (milliseconds < 500) return 'timeout'
    const event = left.shift()
    event?.(shared)
    return event === undefined ? 'terminated' : 'changed'
  }
  const usual = {
    '/proc/self/exe': SELF,
    [TARGET]: SELF,
    '/opt/cni/bin/bridge': 'ELF',
    [`${FOLDER}/readme`]: '',
    [STATE]: { text: '', kind: 'directory' as const },
  }
  return typed(['install', '--watch', '--sysctl', 'net.core.somaxconn=1', '--state-dir', STATE, ...args], {
    files: { ...usual, ...files },
    wait,
    ...machine,
  })
}

const write =
  (path: string, text: string): Event =>
  (files) =>
    files.set(path, { text })
const remove =
  (path: string): Event =>
  (files) =>
    files.delete(path)
const nothing: Event = () => undefined
const textOf = ({ os }: Typed, path: string) => os.state.shared.get(path)?.text
const linesOf = ({ stderr }: Typed) =>
  stderr
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace('netns-sysctl: ', ''))
const END = 'ends, and leaves everything in place'

describe('the network', () => {
  test('is waited for', () => {
    const ran = watched([nothing, write(LIST, TEXT), nothing])
    expect([ran.exitCode, textOf(ran, LIST)]).toEqual([0, WITH])
    expect(linesOf(ran)).toEqual([
      `waits: there is no network in ${FOLDER} yet`,
      `edited ${LIST}`,
      'watches 10-x.conflist',
      END,
    ])
  })

  test('that was named is waited for, whatever else comes', () => {
    const ran = watched([write(`${FOLDER}/05-a.conflist`, TEXT), write(LIST, TEXT), nothing], ['--into', LIST])
    expect([textOf(ran, LIST), textOf(ran, `${FOLDER}/05-a.conflist`)]).toEqual([WITH, TEXT])
    expect(linesOf(ran)[0]).toBe(`waits: ${LIST} is not there yet`)
    expect(ran.stderr).toContain('warning: containerd and CRI-O load only the first file')
  })

  test('in a folder that is not there yet is looked for twice a second', () => {
    const ran = watched([write('/later/a.conflist', TEXT), nothing], ['--conf-dir', '/later'])
    expect(textOf(ran, '/later/a.conflist')).toBe(WITH)
    expect(linesOf(ran)[0]).toMatch(
      /^looks twice a second, since inotify does not tell: \/later: there is no such file/,
    )
  })

  test.each([
    ['at once', 1],
    ['just before the watcher gives up', 20],
  ])('that is deleted to be made anew %s is waited for, and no other file gets the entry', (_, pauses) => {
    const other = `${FOLDER}/87-podman.conflist`
    let isAway = false
    let paused = 0
    const wait = (files: Files, milliseconds: number): Wakening => {
      // It comes back during one of the watcher's pauses.
      if (milliseconds < 500) {
        if (isAway) paused += 1
        if (paused === pauses) files.set(LIST, { text: TEXT })
        return 'timeout'
      }
      if (isAway) return 'terminated'
      isAway = files.delete(LIST)
      return 'changed'
    }
    const ran = watched([], [], { files: { [LIST]: TEXT, [other]: TEXT }, wait })
    expect([textOf(ran, LIST), textOf(ran, other)]).toEqual([WITH, TEXT])
  })
})

describe('what somebody has changed', () => {
  test.each<[string, Event]>([
    ['the conflist without the entry', write(LIST, TEXT)],
    ['the conflist with another entry', write(LIST, WITH.replace('"1"', '"2"'))],
    ['the entry not at the end', write(LIST, WITH.replace(']}', ', {"type": "portmap"}]}'))],
  ])('is put right and counted: %s', (_, event) => {
    const ran = watched([event, nothing], [], { files: { [LIST]: TEXT } })
    expect(textOf(ran, LIST)).toContain('"type":"netns-sysctl","sysctl":{"net.core.somaxconn":"1"}}]}')
    expect(linesOf(ran)).toContain(`edited ${LIST}: it was not as it should be any more (1)`)
    expect(textOf(ran, METRICS)).toContain('\nnetns_sysctl_restored_total 1\n')
  })

  test.each<[string, Event]>([
    ['is gone', remove(TARGET)],
    ['is another one', (files) => files.set(TARGET, { text: 'another', mode: 0o755 })],
    ['is not executable', (files) => files.set(TARGET, { ...SELF, mode: 0o644 })],
  ])('is put right: the executable %s', (_, event) => {
    const ran = watched([event, nothing], [], { files: { [LIST]: TEXT } })
    expect(ran.os.state.shared.get(TARGET)).toEqual(SELF)
    expect(linesOf(ran)).toContain(`copied itself to ${TARGET}: it was not as it should be any more (1)`)
  })

  test('is left alone where it is not JSON yet, and told if it stays so', () => {
    const half = TEXT.slice(0, 20)
    const ran = watched([write(LIST, half), nothing, write(LIST, TEXT), nothing], [], { files: { [LIST]: TEXT } })
    const problem = linesOf(ran).filter((line) => line.startsWith('not installed'))
    expect(problem).toEqual([`not installed: ${LIST}:1:21: is not JSON: ends where ":" should be`])
    expect(textOf(ran, LIST)).toBe(WITH)
  })

  test('again and again is put right five times a second, with a word, and it is not ready', () => {
    const ready: boolean[] = []
    const wait = (files: Files, milliseconds: number): Wakening => {
      if (milliseconds < 500) return 'timeout'
      ready.push(files.has(READY))
      if (ready.length > 60) return 'terminated'
      if (ready.length > 15) return 'timeout'
      files.set(LIST, { text: TEXT })
      return 'changed'
    }
    const ran = watched([], [], { files: { [LIST]: TEXT }, wait })
    expect(linesOf(ran).filter((line) => line.includes('again and again'))).toHaveLength(1)
    expect([ready[0], ready[15], ready.at(-1)]).toEqual([true, false, true])
    expect(textOf(ran, LIST)).toBe(WITH)
  })
})

describe('--state-dir', () => {
  test('has a file while all is well, and not after the end', () => {
    const seen: (string | undefined)[] = []
    const look: Event = (files) => void seen.push(files.get(READY)?.text)
    const ran = watched([look, write(LIST, TEXT), look, remove(LIST), look, look])
    expect(seen.map((text) => text !== undefined)).toEqual([false, true, false, false])
    expect(ran.os.state.shared.has(READY)).toBe(false)
  })

  test('has metrics that Prometheus reads', () => {
    const ran = watched([nothing, write(LIST, TEXT), nothing])
    const lines = textOf(ran, METRICS)?.split('\n') ?? []
    expect(lines.filter((line) => !line.startsWith('#'))).toEqual([
      'netns_sysctl_installed 1',
      'netns_sysctl_restored_total 0',
      expect.stringMatching(/^netns_sysctl_last_change_timestamp_seconds 18000000\d\d\.?\d*$/),
      '',
    ])
    for (const name of ['installed gauge', 'restored_total counter', 'last_change_timestamp_seconds gauge']) {
      expect(lines).toContain(`# TYPE netns_sysctl_${name}`)
    }
  })

  const ready = (files: FakeFiles) => typed(['install', '--ready', '--state-dir', STATE], { files })

  test('is what --ready asks', () => {
    expect(ready({ [READY]: `${START_SECONDS - 10}\n` })).toMatchObject({ exitCode: 0, stdout: 'ready\n' })
    expect(ready({})).toMatchObject({ exitCode: 2, stderr: `netns-sysctl: not ready: ${READY} is not there\n` })
  })

  test('a watcher that was killed is not ready for long', () => {
    const { exitCode, stderr } = ready({ [READY]: `${START_SECONDS - 60}\n` })
    expect([exitCode, stderr]).toEqual([2, `netns-sysctl: not ready: ${READY} is 60 s old; nobody watches any more\n`])
  })

  test('says again and again that all is well', () => {
    const seen: string[] = []
    const look: Event = (files) => void seen.push(files.get(READY)?.text ?? '')
    watched([look, look, look], [], { files: { [LIST]: TEXT } })
    expect(new Set(seen).size).toBe(3)
  })
})

describe('--own-file', () => {
  const args = ['--own-file', '02-netns-sysctl.conflist']

  test('follows the network, and goes with it', () => {
    const seen: (string | undefined)[] = []
    const look: Event = (files) => void seen.push(files.get(OWN)?.text.replace(/^.*?"plugins"/, '"plugins"'))
    const ran = watched(
      [look, write(LIST, TEXT), look, write(LIST, TEXT.replace('bridge', 'ptp')), look, remove(LIST), look],
      args,
    )
    const copy = WITH.slice(1)
    expect(seen).toEqual([undefined, copy, copy.replace('bridge', 'ptp'), undefined])
    expect(linesOf(ran).at(-2)).toBe(`waits: there is no network in ${FOLDER} yet`)
    expect(linesOf(ran)).toContain(`removed ${OWN}: it was not as it should be any more (2)`)
  })

  test('that does not sort first is not ready, and says so', () => {
    const ran = watched([nothing], ['--own-file', '20-y.conflist'], { files: { [LIST]: TEXT } })
    expect(linesOf(ran)[0]).toContain('would not be loaded, since 10-x.conflist sorts before it')
    expect(textOf(ran, METRICS)).toContain('netns_sysctl_installed 0\n')
  })
})

test('a single configuration that its agent writes anew becomes a conflist again', () => {
  const single = `${FOLDER}/10-x.conf`
  const conf = (mtu: number) => `{"name": "x", "type": "bridge", "mtu": ${mtu}}`
  const ran = watched([write(single, conf(2)), nothing], [], { files: { [single]: conf(1) } })
  expect([ran.os.state.shared.has(single), textOf(ran, `${single}.netns-sysctl-saved`)]).toEqual([false, conf(2)])
  expect(textOf(ran, LIST)).toContain('"mtu": 2')
})

test('without inotify it looks twice a second, and says so', () => {
  const waits: number[] = []
  const ran = watched([], [], {
    files: { [LIST]: TEXT },
    watchFails: 'EMFILE',
    wait: (_, milliseconds) => {
      waits.push(milliseconds)
      return waits.length < 3 ? 'timeout' : 'terminated'
    },
  })
  expect([linesOf(ran)[1], waits[0]]).toEqual([
    'looks twice a second, since inotify does not tell: inotify_init1 inotify: EMFILE',
    500,
  ])
})

test('a disk that is full is told, and it goes on', () => {
  const ran = watched([nothing], [], { files: { [LIST]: { text: TEXT, mode: 0o444, writeFails: 'EROFS' } } })
  expect([ran.exitCode, linesOf(ran)]).toEqual([
    0,
    [`not installed: ${LIST}: is on a read-only file system (EROFS)`, END],
  ])
})

describe('is refused', () => {
  test.each<[string[], string]>([
    [['--watch'], '--watch goes with what the entry is to have'],
    [['--state-dir', STATE, '--sysctl', 'net.core.somaxconn=1'], '--state-dir goes with --watch'],
    [['--ready'], '--ready goes with --state-dir'],
    [['--into', LIST, '--conf-dir', FOLDER, '--inherit', 'net.core.somaxconn'], 'leave out --conf-dir'],
    [['--into', LIST, '--into', LIST], '--into is given twice'],
    [['--bin-dir', '/a', '--bin-dir', '/b'], '--bin-dir is given twice'],
  ])('%j', (args, message) => {
    const { exitCode, stderr, os } = typed(['install', ...args], { files: { '/proc/self/exe': SELF } })
    expect([exitCode, os.writes]).toEqual([2, []])
    expect(stderr).toContain(message)
  })
})
