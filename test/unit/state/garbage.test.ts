import { describe, expect, test } from 'vitest'
import { catchOsError, type Os, OsError } from '../../../plugin/os/os.ts'
import { findContainer } from '../../../plugin/state/container.ts'
import { findGarbage, findSuspects, listValid } from '../../../plugin/state/garbage.ts'
import { formatRecord } from '../../../plugin/state/record.ts'
import { createFakeOs, type FakeFile, type FakeFiles, type FakeMachine } from '../../helpers/fake-os.ts'
import { watchOpen } from '../../helpers/left-open.ts'

const DIR = '/run/cni/netns-sysctl'
const FOLDER = `${DIR}/containers`
const EMPTY: FakeFile = { text: '', kind: 'directory', mode: 0o700 }
const UNREADABLE: FakeFile = { ...EMPTY, readFails: 'EIO' }
const ERROR = `open ${FOLDER}/x: EIO`

const VALID = listValid('net1', [
  { containerID: 'c1', ifname: 'eth0' },
  { containerID: 'c1', ifname: 'a@b' },
  { containerID: 'c2', ifname: 'eth0' },
])

/** Files of the folder of all containers, or of dataDir above it. */
function filesIn(files: FakeFiles): FakeFiles {
  const paths = Object.entries(files).map(([name, file]) => {
    return [name.startsWith('../') ? `${DIR}/${name.slice(3)}` : `${FOLDER}/${name}`, file] as const
  })
  return { [DIR]: EMPTY, ...Object.fromEntries(paths) }
}

/** The suspects, the errors, and what is left open. */
function look(fake: Os) {
  const { os, open } = watchOpen(fake)
  const errors: string[] = []
  const suspects = findSuspects(os, { path: DIR, fd: 0 }, VALID, (action) => {
    const result = catchOsError(action)
    if (!(result instanceof OsError)) return result
    errors.push(result.message)
    return undefined
  })
  return { suspects, errors, open }
}

const suspectsAmong = (files: FakeFiles) => look(createFakeOs({ files: filesIn(files) }))

describe('GC has to look into the folder of a container', () => {
  test.each<[string, string, FakeFile | string]>([
    ['a record of an interface that is gone', 'c1/net1@eth1.json', ''],
    ['a record of a container that is gone', 'c9/net1@eth0.json', ''],
    ['a record of the first entry of a chain that is gone', 'c9/net1@eth0@first.json', ''],
    ['a record of a second entry that is gone', 'c9/net1@eth0@2.json', ''],
    ['a record of version 1 that is gone', '../net1@c9@eth0.json', ''],
    ['the beginning of a record of version 1 that is gone', '../net1@c9@eth0.json.netns-sysctl~', ''],
    ['the beginning of a record', 'c1/.7-0.netns-sysctl~', ''],
    ['no file', 'c1', EMPTY],
  ])('that has %s, also where the folder of another cannot be read', (_, name, file) => {
    const id = name.includes('c9') ? 'c9' : 'c1'
    expect(suspectsAmong({ [name]: file })).toEqual({ suspects: [id], errors: [], open: [] })
    expect(suspectsAmong({ x: UNREADABLE, [name]: file })).toEqual({ suspects: [id], errors: [ERROR], open: [] })
  })

  test.each([
    ['a valid record', 'c1/net1@eth0.json'],
    ['the valid record of an interface with an odd name', 'c1/net1@a%40;b.json'],
    ['the record of the first entry of a valid chain', 'c1/net1@eth0@first.json'],
    ['the record of the second entry of a valid chain', 'c1/net1@eth0@2.json'],
    ['a valid record of version 1', '../net1@c1@eth0.json'],
    ['a record of another network', 'c1/net2@eth7.json'],
    ['a record of a network whose name is the beginning', 'c1/net@eth7.json'],
    ['a record of a network whose name is longer', 'c1/net11@eth7.json'],
    ['a record of version 1 of another network', '../net2@c9@eth0.json'],
    ['no record of this network', 'c1/net1@eth7.txt'],
    ['no record', 'c1/README'],
    ['no folder', 'README'],
  ])('but not because of %s', (_, name) => {
    expect(suspectsAmong({ [name]: '' })).toEqual({ suspects: [], errors: [], open: [] })
    expect(suspectsAmong({ x: UNREADABLE, [name]: '' })).toEqual({ suspects: [], errors: [ERROR], open: [] })
  })

  test('each once, in the order of their ids, whatever order they are found in', () => {
    const own = ['c9/net1@eth0.json', 'c1/net1@eth0.json', 'c1/net1@eth7.json', 'c9/net1@eth1.json']
    const files = Object.fromEntries([...own, '../net1@c3@eth0.json'].map((name) => [name, '']))
    expect(suspectsAmong(files).suspects).toEqual(['c1', 'c3', 'c9'])
    expect(suspectsAmong({ x: UNREADABLE, ...files }).suspects).toEqual(['c1', 'c3', 'c9'])
  })

  test('but not where that goes meanwhile', () => {
    const fake = createFakeOs({ files: filesIn({ x: UNREADABLE, 'c9/net1@eth0.json': '' }) })
    const openFolder: Os['openFolder'] = (name, at) => (name === 'c9' ? undefined : fake.openFolder(name, at))
    expect(look({ ...fake, openFolder })).toEqual({ suspects: [], errors: [ERROR], open: [] })
  })

  test('without opening each where all can be read', () => {
    const fake = createFakeOs({ files: filesIn({ 'c1/net1@eth0.json': '', 'c9/net1@eth0.json': '' }) })
    const opened: string[] = []
    const openFolder: Os['openFolder'] = (name, at) => {
      opened.push(name)
      return fake.openFolder(name, at)
    }
    expect([look({ ...fake, openFolder }).suspects, opened]).toEqual([['c9'], ['containers']])
  })

  test('and to none where no container ever had a record', () => {
    expect(suspectsAmong({})).toEqual({ suspects: [], errors: [], open: [] })
  })
})

test('GC closes a folder that it could open and not read', () => {
  const fake = createFakeOs({ files: filesIn({ x: EMPTY, 'c9/net1@eth0.json': '' }) })
  const refuse = (path: string): never => {
    throw new OsError('EIO', 'getdents', path)
  }
  const os: Os = {
    ...fake,
    namesBelow: ({ path }) => refuse(path),
    namesIn: (folder) => (folder.path === `${FOLDER}/x` ? refuse(folder.path) : fake.namesIn(folder)),
  }
  expect(look(os)).toEqual({ suspects: ['c9'], errors: [`getdents ${FOLDER}/x: EIO`], open: [] })
})

describe('from the folder of a container may go', () => {
  const NETNS = '/run/netns/c1'
  const NEW = { age: 59 }
  const recordOf = (ifName: string, id: string, netnsPath = NETNS) => {
    const head = { network: 'net1', containerId: 'c1', ifName, entry: 'chained' } as const
    return formatRecord({ ...head, netns: { id, cookie: '7', bootId: 'b' }, netnsPath, sequence: 1, entries: [] })
  }

  /** The interfaces whose records may go, and what is left open beside the container. */
  const garbageOf = (files: FakeFiles, machine: FakeMachine = {}, changes: Partial<Os> = {}) => {
    const fake = createFakeOs({ files: filesIn(files), netns: { [NETNS]: {} }, ...machine })
    const { os, open } = watchOpen({ ...fake, ...changes })
    const container = findContainer(os, DIR, 'c1')
    if (container === undefined) throw new Error('there is no container')
    const before = [...open]
    const garbage = findGarbage(os, container, VALID).map(({ network, ifName }) => `${network} ${ifName}`)
    expect(open).toEqual(before)
    return garbage
  }

  test('the old records of this network that are gone, each once, and no other file', () => {
    const old = { text: '', age: 60 }
    const names = ['net1@eth0', 'net1@eth1', 'net1@eth2', 'net2@eth3'].map((name) => `c1/${name}.json`)
    const flat = ['net1@c1@eth2', 'net1@c1@eth4', 'net1@c1@eth0', 'net2@c1@eth3'].map((name) => `../${name}.json`)
    const files = Object.fromEntries([...names, 'c1/README', ...flat].map((name) => [name, old]))
    expect(garbageOf(files)).toEqual(['net1 eth1', 'net1 eth2', 'net1 eth4'])
  })

  test('a new record whose netns has gone, while that of another interface lives', () => {
    const files = {
      'c1/net1@eth0.json': { text: recordOf('eth0', NETNS), ...NEW },
      'c1/net1@eth1.json': { text: recordOf('eth1', '4:9'), ...NEW },
      'c1/net1@eth2.json': { text: recordOf('eth2', NETNS), ...NEW },
    }
    expect(garbageOf(files)).toEqual(['net1 eth1'])
  })

  test.each([
    ['there is none any more', { netns: {} }, true],
    ['something else is there', { netns: {}, notNetns: [NETNS] }, true],
    ['another is there', { netnsIds: { [NETNS]: '4:9' } }, true],
    ['it is there', {}, false],
  ])('a new record, if at the path of its netns %s', (_, machine, isGarbage) => {
    const files = { 'c1/net1@eth1.json': { text: recordOf('eth1', NETNS), ...NEW } }
    expect(garbageOf(files, machine)).toEqual(isGarbage ? ['net1 eth1'] : [])
  })

  test('no new record whose netns cannot be looked at: it may live', () => {
    const files = { 'c1/net1@eth1.json': { text: recordOf('eth1', NETNS), ...NEW } }
    const openNetns = (path: string) => {
      throw new OsError('EMFILE', 'open', path)
    }
    expect(garbageOf(files, {}, { openNetns })).toEqual([])
  })

  test('no new record of version 1: the path of its netns is unknown', () => {
    const attachment = { network: 'net1', containerId: 'c1', ifName: 'eth1' }
    const members = { plugin: 'netns-sysctl', version: 1, ...attachment, netns: '4:1', sequence: 1, entries: [] }
    const text = JSON.stringify(members)
    expect(garbageOf({ '../net1@c1@eth1.json': { text, ...NEW } })).toEqual([])
    expect(garbageOf({ '../net1@c1@eth1.json': { text, age: 60 } })).toEqual(['net1 eth1'])
  })
})
