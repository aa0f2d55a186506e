import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { formatRecord } from '../../plugin/state/record.ts'
import { makeOld, namesIn, newDataDir, readRecord, recordPath } from '../helpers/data-dir.ts'
import { callPlugin, outcomeOf } from '../helpers/executable.ts'
import { addVeth, createNetns } from '../helpers/netns.ts'
import { errorDocument, PREV_RESULT } from '../helpers/requests.ts'
import { readSysctls, writeSysctls } from '../helpers/sysctls.ts'

const netns = await createNetns()
afterAll(() => netns.close())
addVeth(netns)

const sysctl = { 'net.core.somaxconn': 1024 }
let dataDir: string
beforeEach(() => {
  writeSysctls(netns, { 'net/core/somaxconn': '4096' })
  dataDir = newDataDir()
})

function add(name: string, containerId: string, ifName = 'eth0') {
  const env = { CNI_CONTAINERID: containerId, CNI_IFNAME: ifName }
  const outcome = outcomeOf(netns, 'ADD', { conf: { dataDir, name, sysctl }, env })
  expect(outcome).toEqual({ exitCode: 0, answer: PREV_RESULT })
}

const isIn = (name: string) => recordPath(dataDir, name)
function put(name: string, text: string) {
  mkdirSync(dirname(isIn(name)), { recursive: true, mode: 0o700 })
  writeFileSync(isIn(name), text)
}

function gc(valid: readonly (readonly [containerID: string, ifname: string])[] | null, name = 'net1') {
  makeOld(dataDir)
  const attachments = valid?.map(([containerID, ifname]) => ({ containerID, ifname })) ?? null
  return callPlugin(netns, 'GC', {
    conf: { dataDir, name, prevResult: undefined, 'cni.dev/valid-attachments': attachments },
    env: { CNI_CONTAINERID: undefined, CNI_IFNAME: undefined, CNI_NETNS: undefined },
  })
}

const removed = (...names: string[]) => ({
  status: 0,
  stdout: '',
  stderr: names.map((name) => `netns-sysctl: GC removes ${isIn(name)}\n`).join(''),
})

describe('GC', () => {
  test('removes the records of this network whose attachment is not valid, and no others', () => {
    for (const [name, id, ifName] of [
      ['net1', 'c1', 'eth0'],
      ['net1', 'c1', 'eth1'],
      ['net1', 'c2', 'eth0'],
      ['net1', 'c3', 'a@b'],
      ['net10', 'c1', 'eth0'],
      ['net2', 'c9', 'eth0'],
    ] as const) {
      add(name, id, ifName)
    }
    const valid = [
      ['c1', 'eth1'],
      ['c3', 'a@b'],
      ['c4', 'eth0'],
    ] as const
    expect(gc(valid)).toEqual(removed('c1/net1@eth0.json', 'c2/net1@eth0.json'))
    const left = ['c1/net10@eth0.json', 'c1/net1@eth1.json', 'c3/net1@a%40;b.json', 'c9/net2@eth0.json']
    expect(namesIn(dataDir)).toEqual(left.sort())
    expect(gc(valid)).toEqual(removed())
  })

  test.each([
    ['null', null],
    ['empty', []],
  ])('removes all of them where the list of valid ones is %s', (_, valid) => {
    add('net1', 'c1')
    add('net2', 'c1')
    expect(gc(valid)).toEqual(removed('c1/net1@eth0.json'))
    expect(namesIn(dataDir)).toEqual(['c1/net2@eth0.json'])
  })

  test('changes no sysctl', () => {
    add('net1', 'c1')
    expect(gc([])).toEqual(removed('c1/net1@eth0.json'))
    expect(readSysctls(netns, ['net/core/somaxconn'])).toEqual({ 'net/core/somaxconn': '1024' })
  })

  test('finds nothing if there is no dataDir, and makes none', () => {
    expect(gc([])).toEqual(removed())
    expect(namesIn(dataDir)).toEqual([])
  })

  test('leaves what is not a record of the plugin', () => {
    add('net1', 'c1')
    const others = [
      'c1/README',
      'c1/net1',
      'c1/net1.json',
      'c1/net1@eth0',
      'c1/net1@eth0@x.json',
      'c1/net1@%zz;.json',
      'c1/@.json',
      'README',
    ]
    for (const name of others) put(name, 'x')
    expect(gc([])).toEqual(removed('c1/net1@eth0.json'))
    expect(namesIn(dataDir)).toEqual(others.sort())
  })

  test('removes what a killed ADD has left', () => {
    add('net1', 'c1')
    add('net1', 'c2')
    for (const name of ['c1/.7-0.netns-sysctl~', 'c2/.7-0.netns-sysctl~', 'c3/.7-0.netns-sysctl~'])
      put(name, '{"plugin":')
    expect(gc([['c2', 'eth0']])).toEqual(removed('c1/net1@eth0.json'))
    expect(namesIn(dataDir)).toEqual(['c2/net1@eth0.json'])
  })

  test('leaves what was written a moment ago, while its netns lives', () => {
    add('net1', 'c1')
    const conf = { dataDir, prevResult: undefined, 'cni.dev/valid-attachments': null }
    expect(callPlugin(netns, 'GC', { conf })).toEqual(removed())
    expect(namesIn(dataDir)).toEqual(['c1/net1@eth0.json'])
    const record = readRecord(dataDir, 'c1/net1@eth0.json')
    put('c1/net1@eth0.json', formatRecord({ ...record, netnsPath: '/proc/4194305/ns/net' }))
    expect(callPlugin(netns, 'GC', { conf })).toEqual(removed('c1/net1@eth0.json'))
  })

  test('goes on after what it cannot remove, and tells it at the end', () => {
    add('net1', 'c1')
    mkdirSync(isIn('a/net1@eth0.json'), { recursive: true })
    add('net1', 'b')
    const { status, stdout } = gc([])
    expect({ status, answer: JSON.parse(stdout) }).toEqual({
      status: 1,
      answer: errorDocument(5, `an undo record cannot be removed: unlink ${isIn('a/net1@eth0.json')}: EISDIR`),
    })
    expect(namesIn(dataDir)).toEqual(['a/net1@eth0.json/'])
  })
})

/** Kinds of unusable records. */
const BROKEN: readonly (readonly [what: string, change: (text: string) => string])[] = [
  ['empty', () => ''],
  ['truncated', (text) => text.slice(0, text.length / 2)],
  ['no JSON', () => 'somaxconn=1'],
  ['JSON of another kind', () => '[]'],
  ['of another version', (text) => text.replace('"version":2', '"version":3')],
  ["another plugin's", (text) => text.replace('"plugin":"netns-sysctl"', '"plugin":"tuning"')],
  ["another attachment's", (text) => text.replace('"containerId":"c1"', '"containerId":"c2"')],
  ['with an entry of a wrong type', (text) => text.replace('"found":["4096"', '"found":[4096')],
  ['nested deeply', () => '['.repeat(100_000)],
]

describe.each(BROKEN)('a record that is %s', (_, change) => {
  const NAME = 'c1/net1@eth0.json'
  const isNone = () =>
    `netns-sysctl: ${isIn(NAME)}: is not an undo record of this version and attachment, so it is not used\n`

  beforeEach(() => {
    add('net1', 'c1')
    put(NAME, change(readFileSync(isIn(NAME), 'utf8')))
  })

  test('is not looked at by GC while its attachment is valid, and removed then', () => {
    expect(gc([['c1', 'eth0']])).toEqual(removed())
    expect(namesIn(dataDir)).toEqual([NAME])
    expect(gc([])).toEqual(removed(NAME))
    expect(namesIn(dataDir)).toEqual([])
  })

  test('is logged and removed by DEL, which changes nothing', () => {
    const ran = callPlugin(netns, 'DEL', { conf: { dataDir, sysctl } })
    expect(ran).toEqual({ status: 0, stdout: '', stderr: isNone() })
    expect(readSysctls(netns, ['net/core/somaxconn'])).toEqual({ 'net/core/somaxconn': '1024' })
    expect(namesIn(dataDir)).toEqual([])
  })

  test('is replaced by ADD', () => {
    expect(callPlugin(netns, 'ADD', { conf: { dataDir, sysctl } })).toMatchObject({ status: 0, stderr: isNone() })
    expect(callPlugin(netns, 'DEL', { conf: { dataDir, sysctl } })).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  test('does not stop CHECK', () => {
    expect(callPlugin(netns, 'CHECK', { conf: { dataDir, sysctl } })).toEqual({
      status: 0,
      stdout: '',
      stderr: isNone(),
    })
  })

  test('does not stop another attachment of the container', () => {
    expect(callPlugin(netns, 'ADD', { conf: { dataDir, sysctl, name: 'net2' } }).status).toBe(0)
    expect(callPlugin(netns, 'DEL', { conf: { dataDir, sysctl, name: 'net2' } }).status).toBe(0)
  })
})
