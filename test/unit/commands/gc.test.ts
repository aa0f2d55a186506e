import { describe, expect, test } from 'vitest'
import { formatRecord } from '../../../plugin/state/record.ts'
import type { FakeFiles } from '../../helpers/fake-os.ts'
import { type Asked, ask, DATA_DIR, errorDocument } from '../../helpers/requests.ts'

const VALID = 'cni.dev/valid-attachments'

/** A record of each attachment, `network@container@interface`. */
function recordsOf(...names: string[]): FakeFiles {
  return Object.fromEntries(
    names.map((name) => {
      const [network = '', containerId = '', ifName = ''] = name.split('@')
      const record = { network, containerId, ifName, netns: '4:1', sequence: 1, entries: [] }
      return [`${DATA_DIR}/${name}.json`, formatRecord(record)]
    }),
  )
}

/** GC of the network net1, and the records that it has left. */
function gc(files: FakeFiles, valid: unknown, asked: Asked = {}) {
  const env = { CNI_CONTAINERID: '', CNI_NETNS: '', CNI_IFNAME: '' }
  const conf = { prevResult: undefined, [VALID]: valid, ...asked.conf }
  const answered = ask('GC', { env, ...asked, conf, files })
  const shared = [...answered.os.state.shared.keys()]
  const left = shared.flatMap((path) => (path.startsWith(`${DATA_DIR}/`) ? [path.slice(DATA_DIR.length + 1)] : []))
  return { ...answered, left }
}

describe('GC', () => {
  test('removes the records of this network that are not valid any more, and says so', () => {
    const files = recordsOf('net1@c1@eth0', 'net1@c1@eth1', 'net1@c2@eth0', 'net2@c1@eth0', 'net@c1@eth0')
    const { exitCode, stdout, left, os } = gc(files, [{ containerID: 'c1', ifname: 'eth0' }])
    expect([exitCode, stdout]).toEqual([0, ''])
    expect(left).toEqual(['net1@c1@eth0.json', 'net2@c1@eth0.json', 'net@c1@eth0.json'])
    expect(os.stderr()).toBe(
      `netns-sysctl: GC removes ${DATA_DIR}/net1@c1@eth1.json\nnetns-sysctl: GC removes ${DATA_DIR}/net1@c2@eth0.json\n`,
    )
  })

  test.each([[null], [[]]])('removes all of this network where %j is valid', (valid) => {
    expect(gc(recordsOf('net1@c1@eth0', 'net2@c1@eth0'), valid).left).toEqual(['net2@c1@eth0.json'])
  })

  test.each([
    ['truncated', '{"plugin"'],
    ['of another version', '{"plugin":"netns-sysctl","version":2}'],
    ['of another attachment', Object.values(recordsOf('net1@c9@eth0'))[0] ?? ''],
    ['not readable', { text: '', readFails: 'EIO' }],
  ])('removes a record that is %s, though its attachment is valid', (_, file) => {
    const files = { ...recordsOf('net1@c2@eth0'), [`${DATA_DIR}/net1@c1@eth0.json`]: file }
    const valid = ['c1', 'c2'].map((containerID) => ({ containerID, ifname: 'eth0' }))
    const { exitCode, left } = gc(files, valid)
    expect([exitCode, left]).toEqual([0, ['net1@c2@eth0.json']])
  })

  test.each(['other', 'net1@c1.json', 'net1@c1@eth0', 'net1@c1@%ffffff;.json', 'net1.json', 'net1@c1@eth0@x.json'])(
    'leaves what is no record: %s',
    (name) => {
      const { exitCode, left } = gc({ [`${DATA_DIR}/${name}`]: 'x' }, [])
      expect([exitCode, left]).toEqual([0, [name]])
    },
  )

  test('keeps the record of an interface with an odd name', () => {
    const added = ask('ADD', { env: { CNI_IFNAME: 'a@b.é' }, conf: { sysctl: { 'net.core.somaxconn': 1 } } })
    const attachment = { containerID: 'c1', ifname: 'a@b.é' }
    expect(gc({}, [attachment], { after: added }).os.list(DATA_DIR)).toHaveLength(1)
    expect(gc({}, [{ ...attachment, ifname: 'a@b.e' }], { after: added }).os.list(DATA_DIR)).toHaveLength(0)
  })

  test('succeeds where there is no folder, and makes none', () => {
    const { exitCode, stdout, os } = gc({}, [])
    expect([exitCode, stdout, os.writes, os.stderr()]).toEqual([0, '', [], ''])
  })

  test('looks into dataDir', () => {
    const files = { '/var/x/net1@c1@eth0.json': 'x', ...recordsOf('net1@c1@eth0') }
    const { os, left } = gc(files, [], { conf: { dataDir: '/var/x' } })
    expect([os.state.shared.has('/var/x/net1@c1@eth0.json'), left]).toEqual([false, ['net1@c1@eth0.json']])
  })

  test('goes on with a configuration that has since become invalid', () => {
    expect(gc(recordsOf('net1@c1@eth0'), [], { conf: { sysctl: { 'net..core': [] }, pod: 7 } })).toMatchObject({
      exitCode: 0,
      left: [],
    })
  })
})

describe('GC fails', () => {
  test('with all that it could not remove, at the end', () => {
    const [first, second, third] = ['net1@c1@eth0', 'net1@c2@eth0', 'net1@c3@eth0'] as const
    const stuck = (name: string, removeFails: string) => ({ [`${DATA_DIR}/${name}.json`]: { text: '', removeFails } })
    const files = { ...stuck(first, 'EROFS'), ...recordsOf(second), ...stuck(third, 'EIO') }
    const { exitCode, answer, left } = gc(files, [])
    expect([exitCode, left]).toEqual([1, [`${first}.json`, `${third}.json`]])
    expect(answer).toEqual(
      errorDocument(
        5,
        `an undo record cannot be removed: rm ${DATA_DIR}/${first}.json: EROFS; ` +
          `an undo record cannot be removed: rm ${DATA_DIR}/${third}.json: EIO`,
      ),
    )
  })

  test('where the folder cannot be listed', () => {
    const files = { [DATA_DIR]: { text: '', kind: 'directory' as const, readFails: 'EACCES' } }
    expect(gc(files, []).answer).toEqual(
      errorDocument(5, `an undo record cannot be removed: scandir ${DATA_DIR}: EACCES`),
    )
  })

  test("where the folder may be somebody else's, and removes nothing", () => {
    const files = { ...recordsOf('net1@c1@eth0'), [DATA_DIR]: { text: '', kind: 'directory' as const, uid: 1000 } }
    const { answer, left } = gc(files, [])
    expect(answer).toMatchObject({ code: 5, msg: `dataDir ${DATA_DIR} belongs to the user 1000, not to root` })
    expect(left).toHaveLength(1)
  })

  test('without the list, and removes nothing', () => {
    const { answer, left } = gc(recordsOf('net1@c1@eth0'), undefined)
    expect(answer).toEqual(errorDocument(7, 'cni.dev/valid-attachments is missing', 'GC needs it'))
    expect(left).toHaveLength(1)
  })

  test.each([['c1'], [{}], [[{ containerID: 'c1' }]], [[null]]])('with the list %j, and removes nothing', (valid) => {
    const { answer, left } = gc(recordsOf('net1@c1@eth0'), valid)
    expect([answer, left]).toMatchObject([{ code: 6 }, ['net1@c1@eth0.json']])
  })
})
