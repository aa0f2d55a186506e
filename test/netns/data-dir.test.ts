import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { namesIn, newDataDir } from '../helpers/data-dir.ts'
import { callPlugin, EXECUTABLE, outcomeOf } from '../helpers/executable.ts'
import { withEmptyRun } from '../helpers/mounts.ts'
import { addVeth, createNetns, isRoot } from '../helpers/netns.ts'
import { envOf, errorDocument, formatConf, PREV_RESULT } from '../helpers/requests.ts'
import { readSysctls, writeSysctls } from '../helpers/sysctls.ts'
import { start } from '../protocol/start.ts'

const netns = await createNetns()
afterAll(() => netns.close())
addVeth(netns)

const BEFORE = { 'net/core/somaxconn': '4096' }
const sysctl = { 'net.core.somaxconn': 1024 }
const now = () => readSysctls(netns, Object.keys(BEFORE))
beforeEach(() => writeSysctls(netns, BEFORE))

/** The uid of the user nobody, who owns all files without an owner in a user namespace. */
const NOBODY = 65534

/** Makes something that cannot be a dataDir, and returns its path. */
function make(action: (path: string) => void): string {
  const path = newDataDir()
  action(path)
  return path
}

const makeFolder = (path: string, mode: number) => {
  mkdirSync(path)
  chmodSync(path, mode)
}

const UNUSABLE: readonly (readonly [what: string, path: string, reason: string])[] = [
  ['a file', make((path) => writeFileSync(path, '')), 'is not a folder'],
  ['a device', '/dev/null', 'is not a folder'],
  [
    'a symbolic link to a good folder',
    make((path) => {
      makeFolder(`${path}-target`, 0o700)
      symlinkSync(`${path}-target`, path)
    }),
    'is a symbolic link',
  ],
  ['a symbolic link to nothing', make((path) => symlinkSync('/nonexistent/records', path)), 'is a symbolic link'],
  ['a folder that others may read', make((path) => makeFolder(path, 0o755)), 'has the mode 0755, not 0700'],
  ['a folder that others may write', make((path) => makeFolder(path, 0o1777)), 'has the mode 01777, not 0700'],
  [
    "another user's folder",
    // Without root, folders belong to the machine's root, who is nobody in a user namespace.
    isRoot
      ? make((path) => {
          makeFolder(path, 0o700)
          chownSync(path, NOBODY, NOBODY)
        })
      : '/usr/lib',
    `belongs to the user ${NOBODY}, not to root`,
  ],
  [
    'a folder in a file',
    join(
      make((path) => writeFileSync(path, '')),
      'records',
    ),
    'cannot be used (ENOTDIR)',
  ],
  ['a folder that cannot be made', '/proc/sys/records', 'cannot be made (EACCES)'],
]

describe.each(UNUSABLE)('where dataDir is %s', (_, dataDir, reason) => {
  const msg = `dataDir ${dataDir} ${reason}`

  test('ADD fails, and has written nothing', () => {
    const details = 'it must be a folder of root with mode 0700; the plugin makes it where it does not exist'
    expect(outcomeOf(netns, 'ADD', { conf: { dataDir, sysctl } })).toEqual({
      exitCode: 1,
      answer: errorDocument(5, msg, details),
    })
    expect(now()).toEqual(BEFORE)
  })

  test('ADD does without it where there is nothing to be undone', () => {
    const added = { exitCode: 0, answer: PREV_RESULT }
    expect(outcomeOf(netns, 'ADD', { conf: { dataDir } })).toEqual(added)
    expect(outcomeOf(netns, 'ADD', { conf: { dataDir, sysctl, restoreOnDel: false } })).toEqual(added)
  })

  test('STATUS tells it, unless restoreOnDel is false', () => {
    const answer = errorDocument(50, msg, 'undo records are kept there')
    expect(outcomeOf(netns, 'STATUS', { conf: { dataDir }, isInside: true })).toEqual({ exitCode: 1, answer })
    expect(outcomeOf(netns, 'STATUS', { conf: { dataDir, restoreOnDel: false }, isInside: true })).toEqual({
      exitCode: 0,
      answer: undefined,
    })
  })

  test('DEL and CHECK succeed', () => {
    expect(outcomeOf(netns, 'DEL', { conf: { dataDir, sysctl } })).toEqual({ exitCode: 0, answer: undefined })
    expect(outcomeOf(netns, 'CHECK', { conf: { dataDir } })).toEqual({ exitCode: 0, answer: undefined })
  })
})

test('without dataDir the records are in /run/cni/netns-sysctl', () => {
  const wrap = withEmptyRun('find /run -mindepth 1 -printf "%m %U %y %p\\n" >&2')
  const { status, stderr } = callPlugin(netns, 'ADD', { conf: { dataDir: undefined, sysctl }, wrap })
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr:
      '755 0 d /run/cni\n' +
      '700 0 d /run/cni/netns-sysctl\n' +
      '700 0 d /run/cni/netns-sysctl/containers\n' +
      '700 0 d /run/cni/netns-sysctl/containers/c1\n' +
      '600 0 f /run/cni/netns-sysctl/containers/c1/net1@eth0.json\n',
  })
})

test('a STATUS makes no dataDir, and takes one that can be made', () => {
  const dataDir = join(newDataDir(), 'a', 'b')
  expect(outcomeOf(netns, 'STATUS', { conf: { dataDir }, isInside: true })).toEqual({ exitCode: 0, answer: undefined })
  expect(namesIn(dirname(dirname(dataDir)))).toEqual([])
})

test('many ADDs may make it at once', async () => {
  const dataDir = join(newDataDir(), 'deep', 'records')
  const ids = Array.from({ length: 8 }, (_, index) => `c${index}`)
  const running = ids.map((id) => {
    const env = { ...envOf('ADD'), CNI_CONTAINERID: id, CNI_NETNS: netns.path }
    const plugin = start(netns.hostCommand([EXECUTABLE]), env)
    plugin.stdin.end(formatConf({ dataDir, sysctl }))
    return plugin.ended
  })
  const ended = await Promise.all(running)
  expect(ended.filter(({ status }) => status !== 0)).toEqual([])
  expect(namesIn(dataDir)).toEqual(ids.map((id) => `${id}/net1@eth0.json`))
})
