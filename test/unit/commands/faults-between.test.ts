import { describe, expect, test } from 'vitest'
import { OsError } from '../../../plugin/os/os.ts'
import type { FakeOs } from '../../helpers/fake-os.ts'
import { watchOpen } from '../../helpers/left-open.ts'
import { type Asked, ask, CONTAINER, DATA_DIR, errorDocument, RECORD } from '../../helpers/requests.ts'

const SOMAXCONN = '/proc/sys/net/core/somaxconn'
const CONF = { sysctl: { 'net.core.somaxconn': 128 } }
const OWN = '/proc/thread-self/ns/net'

function fail(error: Error) {
  return () => {
    throw error
  }
}

const bug = fail(new TypeError('of a test'))

/** The paths of the folders and namespaces that a command has opened and not closed. */
function leftOpen(
  command: string,
  { change = (os) => os, ...asked }: Asked & { change?: (os: FakeOs) => FakeOs } = {},
) {
  let open: readonly string[] = []
  const wrap = (os: FakeOs) => {
    const watched = watchOpen(change(os))
    open = watched.open
    return watched.os
  }
  const { exitCode } = ask(command, { after: ask('ADD', { conf: CONF }), conf: CONF, wrap, ...asked })
  return { exitCode, open }
}

const LOCKED = { machine: { locked: [`${DATA_DIR}/containers/c1`] } }

/** The folder above the records may not be looked at. */
const unknownAbove = (os: FakeOs) => ({ ...os, foldersFrom: fail(new OsError('EIO', 'open', '..')) })

describe('DEL closes all that it has opened, so that no lock stays', () => {
  test.each([
    ['where another command works on the container', LOCKED, 1],
    ['usually', {}, 0],
    ["where CNI_NETNS is the plugin's own", { env: { CNI_NETNS: OWN } }, 0],
    ['where the netns is of another kind', { machine: { enterFails: 'EINVAL' } }, 0],
    ['where it may not be entered', { machine: { enterFails: 'EPERM' } }, 0],
    ['where it has tried four times', { machine: { enterFails: 'ENOMEM' } }, 1],
  ] satisfies [string, Asked, number][])('%s', (_, asked, exitCode) => {
    expect(leftOpen('DEL', asked)).toEqual({ exitCode, open: [] })
  })
})

test.each([
  ['ADD', LOCKED, 1],
  ['CHECK', LOCKED, 1],
  ['GC', { ...LOCKED, conf: { 'cni.dev/valid-attachments': [] } }, 0],
  ['STATUS', {}, 0],
] satisfies [string, Asked, number][])('%s closes what it has opened of dataDir', (command, asked, exitCode) => {
  const { open, ...answered } = leftOpen(command, asked)
  expect({ ...answered, open: open.filter((path) => path.startsWith(DATA_DIR)) }).toEqual({ exitCode, open: [] })
})

test.each(['DEL', 'GC', 'STATUS'])('%s closes a dataDir of which nobody knows whose it is', (command) => {
  const conf = { ...CONF, 'cni.dev/valid-attachments': [] }
  expect(leftOpen(command, { conf, change: unknownAbove }).open).toEqual([])
})

describe('DEL', () => {
  const del = (asked: Asked) => ask('DEL', { after: ask('ADD', { conf: CONF }), conf: CONF, ...asked })

  test('waits for nothing where another try does not help', () => {
    expect(del({ machine: { enterFails: 'EPERM' } }).os.slept()).toBe(0)
  })

  test('says that the record stays where another try may help', () => {
    expect(del({ machine: { enterFails: 'ENOMEM' } }).answer).toEqual(
      errorDocument(11, `setns ${CONTAINER}: ENOMEM`, 'the undo record stays; try again'),
    )
  })

  test('takes a netns whose path cannot be looked at for one that lives', () => {
    const fileStatus = (os: FakeOs) => (path: string) => {
      if (path === CONTAINER) throw new OsError('EACCES', 'lstat', path)
      return os.fileStatus(path)
    }
    const wrap = (os: FakeOs) => ({ ...os, fileStatus: fileStatus(os) })
    expect(del({ machine: { enterFails: 'ENOMEM' }, wrap }).answer).toMatchObject({ code: 11 })
  })

  test('does not open an empty CNI_NETNS', () => {
    const wrap = (os: FakeOs) => ({ ...os, openNetns: bug })
    const { exitCode, os } = del({ env: { CNI_NETNS: '' }, wrap })
    expect([exitCode, os.state.shared.has(RECORD)]).toEqual([0, false])
  })

  test('does not hide a bug', () => {
    expect(del({ wrap: (os) => ({ ...os, enterNetns: bug }) })).toMatchObject({ exitCode: 1, answer: { code: 999 } })
  })

  test("puts nothing back in the plugin's own netns, even where ADD was allowed to set it", () => {
    const env = { CNI_NETNS: OWN }
    const added = ask('ADD', { conf: CONF, env: { ...env, CNI_NETNS_OVERRIDE: '1' } })
    const { exitCode, os } = ask('DEL', { after: added, conf: CONF, env })
    expect([exitCode, os.textOf('host', SOMAXCONN), os.state.shared.has(RECORD)]).toEqual([0, '128', false])
  })
})

describe('GC', () => {
  const gc = (wrap: NonNullable<Asked['wrap']>) => {
    const files = { [RECORD]: { text: '{', age: 100 } }
    const conf = { prevResult: undefined, 'cni.dev/valid-attachments': [] }
    const env = { CNI_CONTAINERID: '', CNI_NETNS: '', CNI_IFNAME: '' }
    return ask('GC', { conf, env, files, wrap })
  }

  test('passes over a container that has been removed meanwhile', () => {
    const wrap = (os: FakeOs) => ({
      ...os,
      openFolder: (...[name, at]: Parameters<FakeOs['openFolder']>) =>
        name === 'c1' ? undefined : os.openFolder(name, at),
    })
    expect(gc(wrap)).toMatchObject({ exitCode: 0, stdout: '' })
  })

  test("reports a dataDir that has become somebody else's meanwhile", () => {
    const wrap = (os: FakeOs) => ({
      ...os,
      namesBelow: (...args: Parameters<FakeOs['namesBelow']>) => {
        const names = os.namesBelow(...args)
        os.state.shared.set(DATA_DIR, { text: '', kind: 'directory', mode: 0o777 })
        return names
      },
    })
    expect(gc(wrap).answer).toEqual(
      errorDocument(
        5,
        `dataDir ${DATA_DIR} has the mode 0777, not 0700`,
        'it must be a folder of root with mode 0700; the plugin makes it where it does not exist',
      ),
    )
  })

  test('does not hide a bug', () => {
    const { answer } = gc((os) => ({ ...os, removeFile: bug }))
    expect(answer).toMatchObject({ code: 999, msg: expect.stringContaining('of a test') })
  })
})
