import { describe, expect, test } from 'vitest'
import { formatRecord } from '../../../plugin/state/record.ts'
import type { FakeFiles } from '../../helpers/fake-os.ts'
import { type Asked, ask, CONTAINER, DATA_DIR, errorDocument } from '../../helpers/requests.ts'

const FOLDER = `${DATA_DIR}/containers`
const VALID = 'cni.dev/valid-attachments'
const OLD = 'cni.dev/attachments'

/** A record of each attachment, `container/network@interface`, of which the last GC was told. */
function recordsOf(...names: string[]): FakeFiles {
  return Object.fromEntries(
    names.map((name) => {
      const [containerId = '', network = '', ifName = ''] = name.split(/[/@]/)
      const netns = { id: '4:1', cookie: '7', bootId: 'b' }
      const head = { network, containerId, ifName, entry: 'chained', netns, netnsPath: CONTAINER } as const
      return [`${FOLDER}/${name}.json`, { text: formatRecord({ ...head, sequence: 1, entries: [] }), age: 100 }]
    }),
  )
}

/** GC of the network net1, and the records that it has left. */
function gc(files: FakeFiles, valid: unknown, asked: Asked = {}) {
  const env = { CNI_CONTAINERID: '', CNI_NETNS: '', CNI_IFNAME: '' }
  const conf = { prevResult: undefined, [VALID]: valid, ...asked.conf }
  const answered = ask('GC', { env, ...asked, conf, files })
  const shared = [...answered.os.state.shared.keys()]
  const left = shared.flatMap((path) => (path.startsWith(`${FOLDER}/`) ? [path.slice(FOLDER.length + 1)] : []))
  return { ...answered, left }
}

describe('GC', () => {
  test('removes the records of this network that are not valid any more, and says so', () => {
    const files = recordsOf('c1/net1@eth0', 'c1/net1@eth1', 'c2/net1@eth0', 'c1/net2@eth0', 'c1/net@eth0')
    const { exitCode, stdout, left, os } = gc(files, [{ containerID: 'c1', ifname: 'eth0' }])
    expect([exitCode, stdout]).toEqual([0, ''])
    expect(left).toEqual(['c1/net1@eth0.json', 'c1/net2@eth0.json', 'c1/net@eth0.json'])
    expect(os.stderr()).toBe(
      `netns-sysctl: GC removes ${FOLDER}/c1/net1@eth1.json\nnetns-sysctl: GC removes ${FOLDER}/c2/net1@eth0.json\n`,
    )
  })

  test.each([[null], [[]]])('removes all of this network where %j is valid', (valid) => {
    expect(gc(recordsOf('c1/net1@eth0', 'c1/net2@eth0'), valid).left).toEqual(['c1/net2@eth0.json'])
  })

  test('removes nothing if the runtime has sent no list, and says so once', () => {
    const { exitCode, stdout, left, os } = gc(recordsOf('c1/net1@eth0'), undefined)
    expect([exitCode, stdout, left]).toEqual([0, '', ['c1/net1@eth0.json']])
    expect(os.stderr()).toBe(
      'netns-sysctl: GC removes nothing: the request has no cni.dev/valid-attachments, so it is unknown what is gone\n',
    )
  })

  test.each([
    [
      'both names',
      { [VALID]: [{ containerID: 'c1', ifname: 'eth0' }], [OLD]: [{ containerID: 'c2', ifname: 'eth0' }] },
    ],
    ['the older name', { [OLD]: ['c1', 'c2'].map((containerID) => ({ containerID, ifname: 'eth0' })) }],
    ['another case', { 'CNI.dev/Attachments': ['c1', 'c2'].map((containerID) => ({ containerID, ifname: 'eth0' })) }],
  ])('knows the list by %s', (_, conf) => {
    const { exitCode, left } = gc(recordsOf('c1/net1@eth0', 'c2/net1@eth0', 'c3/net1@eth0'), undefined, { conf })
    expect([exitCode, left]).toEqual([0, ['c1/net1@eth0.json', 'c2/net1@eth0.json']])
  })

  test('takes a list that is null for empty, and not for missing, under its older name too', () => {
    expect(gc(recordsOf('c1/net1@eth0'), undefined, { conf: { [OLD]: null } }).left).toEqual([])
  })

  test.each([
    ['truncated', '{"plugin"'],
    ['of another version', '{"plugin":"netns-sysctl","version":3}'],
    ['of another attachment', Object.values(recordsOf('c9/net1@eth0'))[0] ?? ''],
    ['not readable', { text: '', readFails: 'EIO' }],
  ])('does not look into a record that is %s, whose attachment is valid', (_, file) => {
    const files = { ...recordsOf('c2/net1@eth0'), [`${FOLDER}/c1/net1@eth0.json`]: file }
    const valid = ['c1', 'c2'].map((containerID) => ({ containerID, ifname: 'eth0' }))
    const { exitCode, left } = gc(files, valid)
    expect([exitCode, left]).toEqual([0, ['c2/net1@eth0.json', 'c1/net1@eth0.json']])
  })

  test.each(['c1/other', 'c1/net1.json', 'c1/net1@eth0', 'c1/net1@%ffffff;.json', 'net1.json', 'c1/net1@eth0@x.json'])(
    'leaves what is not a record: %s',
    (name) => {
      const { exitCode, left } = gc({ [`${FOLDER}/${name}`]: 'x' }, [])
      expect([exitCode, left]).toEqual([0, [name]])
    },
  )

  test('removes folders that are empty, and what killed processes have left', () => {
    const folder = { text: '', kind: 'directory' as const }
    const { left } = gc({ [`${FOLDER}/c1`]: folder, [`${FOLDER}/c2/.7-0.netns-sysctl~`]: '{' }, [])
    expect(left).toEqual([])
  })

  test('leaves alone a container that another command works on', () => {
    const { exitCode, left, os } = gc(recordsOf('c1/net1@eth0', 'c2/net1@eth0'), [], {
      machine: { locked: [`${FOLDER}/c1`] },
    })
    expect([exitCode, left, os.slept()]).toEqual([0, ['c1/net1@eth0.json'], 0])
    expect(os.stderr()).toContain('GC goes on: another command works on the container c1')
  })

  test('keeps the record of an interface with an odd name', () => {
    const added = ask('ADD', { env: { CNI_IFNAME: 'a@b.é' }, conf: { sysctl: { 'net.core.somaxconn': 1 } } })
    const attachment = { containerID: 'c1', ifname: 'a@b.é' }
    expect(gc({}, [attachment], { after: added }).left).toContain('c1/net1@a%40;b.%e9;.json')
    const machine = { netnsIds: { [CONTAINER]: 'another' } }
    expect(gc({}, [{ ...attachment, ifname: 'a@b.e' }], { after: added, machine }).left).toEqual([])
  })

  test('succeeds where there is no folder, and makes none', () => {
    const { exitCode, stdout, os } = gc({}, [])
    expect([exitCode, stdout, os.writes, os.stderr()]).toEqual([0, '', [], ''])
  })

  test('looks into dataDir', () => {
    const files = { '/var/x/containers/c1/net1@eth0.json': { text: 'x', age: 100 }, ...recordsOf('c1/net1@eth0') }
    const { os, left } = gc(files, [], { conf: { dataDir: '/var/x' } })
    expect([os.state.shared.has('/var/x/containers/c1/net1@eth0.json'), left]).toEqual([false, ['c1/net1@eth0.json']])
  })

  test('goes on with a configuration that has since become invalid', () => {
    expect(gc(recordsOf('c1/net1@eth0'), [], { conf: { sysctl: { 'net..core': [] }, pod: 7 } })).toMatchObject({
      exitCode: 0,
      left: [],
    })
  })
})

describe('GC fails', () => {
  test('with all that it could not remove, at the end', () => {
    const [first, second, third] = ['c1/net1@eth0', 'c2/net1@eth0', 'c3/net1@eth0'] as const
    const stuck = (name: string, removeFails: string) => ({
      [`${FOLDER}/${name}.json`]: { text: '', removeFails, age: 100 },
    })
    const files = { ...stuck(first, 'EROFS'), ...recordsOf(second), ...stuck(third, 'EIO') }
    const { exitCode, answer, left } = gc(files, [])
    expect([exitCode, left]).toEqual([1, [`${first}.json`, `${third}.json`]])
    expect(answer).toEqual(
      errorDocument(
        5,
        `an undo record cannot be removed: unlink ${FOLDER}/${first}.json: EROFS; ` +
          `an undo record cannot be removed: unlink ${FOLDER}/${third}.json: EIO`,
      ),
    )
  })

  test.each([
    [DATA_DIR, 'EACCES', `open ${DATA_DIR}: EACCES`],
    [FOLDER, 'EACCES', `an undo record cannot be removed: open ${FOLDER}: EACCES`],
    [`${FOLDER}/c2`, 'EIO', `an undo record cannot be removed: open ${FOLDER}/c2: EIO`],
  ])('where %s cannot be opened', (path, readFails, msg) => {
    const folder = { text: '', kind: 'directory' as const, mode: 0o700, readFails }
    const { answer } = gc({ ...recordsOf('c1/net1@eth0'), [path]: folder }, [])
    expect(answer).toMatchObject({ code: 5, msg })
  })

  test('where the folder of one container cannot be opened, and removes what is garbage in the others', () => {
    const folder = { text: '', kind: 'directory' as const, mode: 0o700, readFails: 'EIO' }
    const files = { ...recordsOf('c1/net1@eth0', 'c1/net2@eth0', 'c3/net1@eth0'), [`${FOLDER}/c2`]: folder }
    const { answer, left } = gc(files, [{ containerID: 'c3', ifname: 'eth0' }])
    expect([answer, left.sort()]).toMatchObject([{ code: 5 }, ['c1/net2@eth0.json', 'c2', 'c3/net1@eth0.json']])
  })

  test.each([
    ['no object', [null], 'cni.dev/valid-attachments[0] must be an object, not null'],
    ['a number', [{ containerID: 'c1', ifname: 7 }], 'cni.dev/valid-attachments[0].ifname must be a string, not 7'],
    ['empty', [{ containerID: '', ifname: 'lo' }], 'cni.dev/valid-attachments[0].containerID must not be empty'],
  ])('with a list in which something is %s', (_, valid, msg) => {
    const { answer } = gc({}, valid)
    expect(JSON.stringify(answer)).toContain(msg.replace('cni.dev/valid-attachments', ''))
  })

  test("where the folder may be somebody else's, and removes nothing", () => {
    const files = { ...recordsOf('c1/net1@eth0'), [DATA_DIR]: { text: '', kind: 'directory' as const, uid: 1000 } }
    const { answer, left } = gc(files, [])
    expect(answer).toMatchObject({ code: 5, msg: `dataDir ${DATA_DIR} belongs to the user 1000, not to root` })
    expect(left).toHaveLength(1)
  })

  test.each([['c1'], [{}], [[{ containerID: 'c1' }]], [[null]]])('with the list %j, and removes nothing', (valid) => {
    const { answer, left } = gc(recordsOf('c1/net1@eth0'), valid)
    expect([answer, left]).toMatchObject([{ code: 6 }, ['c1/net1@eth0.json']])
  })
})

describe('GC leaves a record that was written less than a minute ago', () => {
  const add = () => ask('ADD', { conf: { sysctl: { 'net.core.somaxconn': 1 } } })
  const name = 'c1/net1@eth0.json'

  test('while its netns lives, or may live', () => {
    expect(gc({}, [], { after: add() })).toMatchObject({ exitCode: 0, left: expect.arrayContaining([name]) })
  })

  test('but not where the netns is gone', () => {
    expect(gc({}, [], { after: add(), machine: { netnsIds: { [CONTAINER]: 'another' } } }).left).toEqual([])
    const gone = add()
    gone.os.state.trees.delete(CONTAINER)
    const { os } = ask('GC', { after: gone, conf: { [VALID]: [] }, machine: { netns: {} } })
    expect(os.state.shared.has(`${FOLDER}/${name}`)).toBe(false)
  })

  test('nor an older one', () => {
    const added = add()
    const text = added.os.readFile(`${FOLDER}/${name}`)
    expect(gc({ [`${FOLDER}/${name}`]: { text, age: 60 } }, [], { after: added }).left).toEqual([])
    expect(gc({ [`${FOLDER}/${name}`]: { text, age: 59 } }, [], { after: added }).left).toContain(name)
  })

  test('and tells of one that it cannot read', () => {
    const file = { text: '', readFails: 'EIO' }
    const { answer, left } = gc({ [`${FOLDER}/${name}`]: file }, [])
    expect([answer, left]).toMatchObject([{ code: 5, msg: expect.stringMatching(/EIO$/) }, [name]])
  })
})

describe('GC of records of version 1', () => {
  const flat = (age: number) => ({
    [`${DATA_DIR}/net1@c1@eth0.json`]: { text: '{"version":1}', age },
    [`${DATA_DIR}/net2@c1@eth0.json`]: { text: '', age },
    [`${DATA_DIR}/net1@c3@eth0.json.netns-sysctl~`]: { text: '', age },
    [`${DATA_DIR}/README`]: '',
  })

  test('removes those that are not valid, and no other file', () => {
    const { os } = gc(flat(100), [])
    expect(os.list(DATA_DIR).map(({ name }) => name)).toEqual(['net2@c1@eth0.json', 'README'])
  })

  test('leaves the valid ones', () => {
    const valid = ['c1', 'c3'].map((containerID) => ({ containerID, ifname: 'eth0' }))
    expect(gc(flat(100), valid).os.list(DATA_DIR)).toHaveLength(4)
  })
})
