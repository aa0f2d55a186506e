import { describe, expect, test } from 'vitest'
import { ask, CONTAINER, DATA_DIR, errorDocument, RECORD } from '../../helpers/requests.ts'

const CONF = { sysctl: { 'net.core.somaxconn': 128 } }
const OTHER_CONF = { sysctl: { 'net.core.somaxconn': 256 } }
const SOMAXCONN = '/proc/sys/net/core/somaxconn'
const NO_TRUST = { [DATA_DIR]: { text: '', kind: 'directory' as const, mode: 0o777 } }

const add = (conf: Readonly<Record<string, unknown>> = CONF) => ask('ADD', { conf })

describe('CHECK', () => {
  test('asks for another try while another command works on the container', () => {
    const machine = { locked: [`${DATA_DIR}/containers/c1`] }
    const { answer } = ask('CHECK', { after: add(), conf: CONF, machine })
    expect(answer).toEqual(
      errorDocument(11, 'another command works on the container c1 and does not end', 'nothing was changed; try again'),
    )
  })

  test("goes on without the records of a folder that may be somebody else's, and says so", () => {
    const { exitCode, os } = ask('CHECK', { after: add(), conf: CONF, files: NO_TRUST })
    expect([exitCode, os.stderr()]).toEqual([
      0,
      `netns-sysctl: dataDir ${DATA_DIR} has the mode 0777, not 0700, so its records are not used\n`,
    ])
  })

  test('takes the only record of the attachment for its own: what a later one has set too is no difference', () => {
    const later = ask('ADD', { after: add(), conf: CONF, env: { CNI_IFNAME: 'eth1' } })
    const { exitCode } = ask('CHECK', { after: later, conf: OTHER_CONF })
    expect(exitCode).toBe(0)
  })

  test('names the interface that is missing, and those that are there', () => {
    const { answer } = ask('CHECK', { after: add(), conf: CONF, env: { CNI_IFNAME: 'eth7' } })
    expect(answer).toMatchObject({
      code: 102,
      msg: expect.stringMatching(/^the interface eth7 \(CNI_IFNAME\) does not exist in the container; /),
    })
  })
})

describe('DEL', () => {
  const del = (machine: object, conf = CONF) => {
    const { exitCode, answer, os } = ask('DEL', { after: add(), conf, machine })
    return { exitCode, answer, value: os.textOf(CONTAINER, SOMAXCONN), isRecorded: os.state.shared.has(RECORD), os }
  }

  test('removes the record where CNI_NETNS has become a namespace of another kind', () => {
    expect(del({ enterFails: 'EINVAL' })).toMatchObject({ exitCode: 0, value: '128', isRecorded: false })
  })

  test('leaves the record where the netns may not be entered', () => {
    const { os, ...result } = del({ enterFails: 'EPERM' })
    expect(result).toMatchObject({ exitCode: 0, value: '128', isRecorded: true })
    expect(os.stderr()).toBe(`netns-sysctl: DEL goes on: setns ${CONTAINER}: EPERM\n`)
  })

  test('leaves the record where the boot is unknown', () => {
    const added = add()
    added.os.state.shared.delete('/proc/sys/kernel/random/boot_id')
    const { exitCode, os } = ask('DEL', { after: added, conf: CONF })
    expect([exitCode, os.textOf(CONTAINER, SOMAXCONN), os.state.shared.has(RECORD)]).toEqual([0, '128', true])
    expect(os.stderr()).toBe('netns-sysctl: DEL goes on: read /proc/sys/kernel/random/boot_id: ENODATA\n')
  })

  test('removes files of its own place that are no records, and no others', () => {
    const folder = RECORD.slice(0, RECORD.lastIndexOf('/'))
    const other = `${folder}/net2@eth0.json`
    const added = ask('ADD', { conf: CONF })
    const files = { [RECORD]: '{', [other]: '{' }
    const { exitCode, os } = ask('DEL', { after: added, conf: CONF, files })
    expect([exitCode, os.state.shared.has(RECORD), os.state.shared.has(other)]).toEqual([0, false, true])
  })
})

describe('STATUS', () => {
  test('is 50 where /proc is not mounted', () => {
    const after = ask('STATUS')
    after.os.state.shared.delete('/proc/self/status')
    expect(ask('STATUS', { after }).answer).toEqual(
      errorDocument(50, '/proc is not mounted where the plugin runs', 'run the plugin on the node, as root'),
    )
  })

  test.each([
    ['is missing', 'Name:\tx\nNoCapEff:\t000001ffffffffff\n'],
    ['is none', 'CapEff:\tx\n'],
  ])('is 50 where the line with the capabilities %s', (_, text) => {
    expect(ask('STATUS', { files: { '/proc/self/status': text } }).answer).toMatchObject({
      code: 50,
      msg: 'no CAP_SYS_ADMIN, so no network namespace can be entered',
    })
  })

  test('does not ask for a dataDir that nothing needs', () => {
    const asked = { conf: { restoreOnDel: false }, files: NO_TRUST }
    expect(ask('STATUS', asked).exitCode).toBe(0)
    expect(ask('STATUS', { ...asked, conf: { restoreOnDel: false, mtu: 1400 } }).answer).toEqual(
      errorDocument(50, `dataDir ${DATA_DIR} has the mode 0777, not 0700`, 'undo records are kept there'),
    )
  })
})

describe('GC', () => {
  const VALID = { 'cni.dev/valid-attachments': [] }

  test('goes on where another command works on a container, and says so', () => {
    const machine = { locked: [`${DATA_DIR}/containers/c1`] }
    const { exitCode, os } = ask('GC', { after: add(), conf: VALID, machine })
    expect([exitCode, os.state.shared.has(RECORD)]).toEqual([0, true])
    expect(os.stderr()).toContain('netns-sysctl: GC goes on: another command works on the container c1')
  })

  test('has nothing to do without records', () => {
    expect(ask('GC', { conf: VALID })).toMatchObject({ exitCode: 0, stdout: '' })
  })
})
