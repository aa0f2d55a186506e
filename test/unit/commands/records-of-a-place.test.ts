import { describe, expect, test } from 'vitest'
import {
  type Answered,
  type Asked,
  ask,
  CONTAINER,
  DATA_DIR,
  ETH0,
  errorDocument,
  RECORD,
} from '../../helpers/requests.ts'

const FOLDER = `${DATA_DIR}/containers/c1`
const SOMAXCONN = '/proc/sys/net/core/somaxconn'
const FORWARD = '/proc/sys/net/ipv4/ip_forward'
const LATER: Asked = { machine: { cookies: { [CONTAINER]: 'later' } } }
const ETH1: Asked = { env: { CNI_IFNAME: 'eth1' } }

const somaxconn = (value: number) => ({ sysctl: { 'net.core.somaxconn': value } })
const forward = { sysctl: { 'net.ipv4.ip_forward': 1 } }

type Step = readonly [command: 'ADD' | 'DEL', conf: Readonly<Record<string, unknown>>, asked?: Asked]

/** The node after some commands, each of which succeeds. */
function run(...steps: readonly Step[]): Answered {
  const start = ask('VERSION')
  return steps.reduce((after, [command, conf, asked]) => {
    const answered = ask(command, { after, ...asked, conf })
    expect(answered.exitCode).toBe(0)
    return answered
  }, start)
}

/** The values in the container, and the names of its records. */
function stateOf({ os }: Answered) {
  const paths = [...os.state.shared.keys()].filter((path) => path.startsWith(`${FOLDER}/`))
  const records = paths.map((path) => path.slice(FOLDER.length + 1)).sort()
  return { somaxconn: os.textOf(CONTAINER, SOMAXCONN), forward: os.textOf(CONTAINER, FORWARD), records }
}

describe('DEL of one of several entries at a place', () => {
  test('passes the value of an undone entry on to a later attachment that has set the same', () => {
    const later = run(['ADD', somaxconn(128)], ['ADD', forward], ['ADD', somaxconn(128), ETH1], ['DEL', somaxconn(128)])
    expect(stateOf(later)).toEqual({ somaxconn: '128', forward: '0', records: ['net1@eth1.json'] })
    expect(stateOf(ask('DEL', { after: later, ...ETH1, conf: somaxconn(128) }))).toMatchObject({ somaxconn: '4096' })
  })

  test('passes on what the first entry has found, where each of them has set the value', () => {
    const entries: Step[] = [1, 2].map((value) => ['ADD', somaxconn(value)])
    const later = run(...entries, ['ADD', somaxconn(3), ETH1], ['DEL', somaxconn(1)])
    expect(stateOf(later)).toMatchObject({ somaxconn: '3', records: ['net1@eth1.json'] })
    expect(stateOf(ask('DEL', { after: later, ...ETH1, conf: somaxconn(3) }))).toMatchObject({ somaxconn: '4096' })
  })

  test('puts back the sysctls of the entries behind it, even if its own restoreOnDel is off', () => {
    const conf = { ...somaxconn(128), mtu: 1400, restoreOnDel: false }
    expect(stateOf(run(['ADD', conf], ['ADD', forward], ['DEL', conf]))).toEqual({
      somaxconn: '128',
      forward: '0',
      records: [],
    })
  })

  test('with restoreOnDel off and a changed configuration undoes those that have set no sysctl', () => {
    const other = { ...forward, txQLen: 5 }
    const after = run(['ADD', { mtu: 1400 }], ['ADD', other], ['DEL', { mtu: 1300, restoreOnDel: false }])
    expect(stateOf(after)).toMatchObject({ forward: '1', records: ['net1@eth0@2.json'] })
    expect(after.os.linkOf(CONTAINER, 'eth0')).toMatchObject({ mtu: ETH0.mtu, txQLen: 5 })
  })

  test('removes the records of a netns that is gone too, and puts back nothing of them', () => {
    const gone: Step[] = [
      ['ADD', { mtu: 1400 }],
      ['ADD', forward],
    ]
    const others: Step[] = ['net2', 'net3'].map((name) => ['ADD', { ...somaxconn(7), name }, { ...LATER, ...ETH1 }])
    const after = run(...gone, ...others, ['ADD', somaxconn(128), LATER])
    expect(stateOf(after).records).toContain('net1@eth0@2.json')
    expect(stateOf(ask('DEL', { after, ...LATER, conf: somaxconn(128) }))).toEqual({
      somaxconn: '7',
      forward: '1',
      records: ['net2@eth1.json', 'net3@eth1.json'],
    })
  })
})

describe('DEL where no record can be used', () => {
  test.each([
    ['the first of its place', RECORD, false],
    ['the second of its place', `${FOLDER}/net1@eth0@2.json`, false],
    ['one of version 1', `${DATA_DIR}/net1@c1@eth0.json`, false],
    ['one before the network plugin', `${FOLDER}/net1@eth0@first.json`, true],
    ['one of another interface', `${FOLDER}/net1@eth1.json`, true],
    ['one of another network', `${FOLDER}/net2@eth0.json`, true],
    ['no record', `${FOLDER}/README`, true],
  ])('removes files of its own place only: %s', (_, path, isLeft) => {
    const { exitCode, os } = ask('DEL', { files: { [path]: '{' } })
    expect([exitCode, os.state.shared.has(path)]).toEqual([0, isLeft])
  })

  test.each(['EPERM', 'ENOMEM'])(
    'does not enter the netns, so that it does not matter that it cannot (%s)',
    (errno) => {
      const { exitCode, os } = ask('DEL', { files: { [`${FOLDER}/README`]: '' }, machine: { enterFails: errno } })
      expect([exitCode, os.stderr()]).toEqual([0, ''])
    },
  )
})

describe('CHECK', () => {
  test("of a changed configuration uses none of two records, so a later attachment's value is a difference", () => {
    const after = run(['ADD', somaxconn(1)], ['ADD', forward], ['ADD', somaxconn(2), ETH1])
    expect(ask('CHECK', { after, conf: somaxconn(3) }).answer).toEqual(
      errorDocument(102, 'net.core.somaxconn: is "2", not "3"'),
    )
  })

  test('holds to what the request asks, and not to what the only record has', () => {
    const after = run(['ADD', somaxconn(128)])
    expect(ask('CHECK', { after, conf: somaxconn(256) }).answer).toEqual(
      errorDocument(102, 'net.core.somaxconn: is "128", not "256"'),
    )
  })

  test('reports a sysctl that the record does not have, as with restoreOnDel off', () => {
    const conf = { ...somaxconn(128), mtu: 1400, restoreOnDel: false }
    const container = { [SOMAXCONN]: '5\n' }
    expect(ask('CHECK', { after: run(['ADD', conf]), conf, container }).answer).toEqual(
      errorDocument(102, 'net.core.somaxconn: is "5", not "128"'),
    )
  })

  test('passes over a copied value that this version cannot set', () => {
    const conf = { inherit: ['net.core.somaxconn'] }
    const after = run(['ADD', conf])
    const record = JSON.parse(after.os.readFile(RECORD))
    const files = { [RECORD]: JSON.stringify({ ...record, ids: ['kernel.core_pattern'] }) }
    expect(ask('CHECK', { after, conf, files })).toMatchObject({ exitCode: 0, stdout: '' })
  })

  test('reports a value that the sysctl cannot take', () => {
    expect(ask('CHECK', { conf: { sysctl: { 'net.ipv4.ip_local_port_range': '1024 65535 3' } } }).answer).toEqual(
      errorDocument(102, 'net.ipv4.ip_local_port_range: "1024 65535 3" must be 2 integers separated by blanks'),
    )
  })
})
