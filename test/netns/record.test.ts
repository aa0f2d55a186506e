import { lstatSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { namesIn, newDataDir, readRecord, recordPath } from '../helpers/data-dir.ts'
import { callPlugin, outcomeOf } from '../helpers/executable.ts'
import { addVeth, createNetns, type Netns } from '../helpers/netns.ts'
import { PREV_RESULT } from '../helpers/requests.ts'
import { readSysctls, type Sysctls, writeSysctls } from '../helpers/sysctls.ts'

let netns: Netns
let dataDir: string
beforeEach(async () => {
  netns = await createNetns()
  addVeth(netns)
  writeSysctls(netns, BEFORE)
  dataDir = newDataDir()
})
afterEach(() => netns.close())

const BEFORE: Sysctls = {
  'net/core/somaxconn': '4096',
  'net/ipv4/ip_local_port_range': '32768 60999',
}
const NAME = 'c1/net1@eth0.json'
const DELETED = { status: 0, stdout: '', stderr: '' }
const sysctl = { 'net.core.somaxconn': 1024, 'net.ipv4.ip_local_port_range': '1024 65535' }
const now = () => readSysctls(netns, Object.keys(BEFORE))

function add(conf: object = { sysctl }, env: object = {}) {
  const outcome = outcomeOf(netns, 'ADD', { conf: { dataDir, ...conf }, env: { ...env } })
  expect(outcome).toEqual({ exitCode: 0, answer: PREV_RESULT })
}

const del = (conf: object = { sysctl }, env: object = {}) =>
  callPlugin(netns, 'DEL', { conf: { dataDir, prevResult: undefined, ...conf }, env: { ...env } })

/** Afterwards everything is as before, and there is no record. */
function expectUndone() {
  expect(now()).toEqual(BEFORE)
  expect(namesIn(dataDir)).toEqual([])
}

describe('the undo record', () => {
  test("is root's alone, and tells what was there and what was written", () => {
    add()
    const modeOf = (path: string) => lstatSync(path).mode & 0o7777
    const file = recordPath(dataDir, NAME)
    const modes = [dataDir, dirname(dirname(file)), dirname(file), file].map(modeOf)
    expect(modes).toEqual([0o700, 0o700, 0o700, 0o600])
    expect(readRecord(dataDir, NAME)).toEqual({
      network: 'net1',
      containerId: 'c1',
      ifName: 'eth0',
      entry: 'chained',
      netns: {
        id: expect.stringMatching(/^\d+:\d+$/),
        cookie: expect.stringMatching(/^\d+$/),
        bootId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
      netnsPath: netns.path,
      asked: { sysctl },
      sequence: 1,
      entries: [
        { id: 'net.core.somaxconn', found: '4096', putBack: '4096', after: '1024', inherited: false },
        {
          id: 'net.ipv4.ip_local_port_range',
          found: '32768\t60999',
          putBack: '32768\t60999',
          after: '1024 65535',
          inherited: false,
        },
      ],
    })
  })

  test('is not written where there is nothing to put back', () => {
    add({ sysctl: {} })
    add({ sysctl: { '-net.core.no_such_key': 1 } })
    add({ sysctl, restoreOnDel: false })
    expect(() => lstatSync(dataDir)).toThrow('ENOENT')
  })

  test('is removed by a DEL that is told not to restore', () => {
    add()
    const after = now()
    expect(del({ sysctl, restoreOnDel: false })).toEqual(DELETED)
    expect(now()).toEqual(after)
    expect(namesIn(dataDir)).toEqual([])
  })

  test('is not left by an ADD that fails, and that of an earlier ADD is kept', () => {
    const failing = { sysctl: { 'net.core.somaxconn': 7, 'net.ipv4.ip_local_port_range': '2 1' } }
    expect(outcomeOf(netns, 'ADD', { conf: { dataDir, ...failing } })).toMatchObject({ exitCode: 1 })
    expectUndone()
    add()
    const record = readRecord(dataDir, NAME)
    expect(outcomeOf(netns, 'ADD', { conf: { dataDir, ...failing } })).toMatchObject({ exitCode: 1 })
    expect(readRecord(dataDir, NAME)).toEqual(record)
    expect(del()).toEqual(DELETED)
    expectUndone()
  })
})

describe('a record never leaves the folder, nor meets another, where', () => {
  test.each([
    ['an interface', { CNI_IFNAME: 'a@b' }, 'c1/net1@a%40;b.json'],
    ['an interface', { CNI_IFNAME: 'a%40;b' }, 'c1/net1@a%2540%3bb.json'.replace('%2540%3b', '%25;40%3b;')],
    ['an interface', { CNI_IFNAME: '...' }, 'c1/net1@....json'],
    ['an interface', { CNI_IFNAME: 'é\\n' }, 'c1/net1@%e9;%5c;n.json'],
    ['an interface', { CNI_IFNAME: '~' }, 'c1/net1@%7e;.json'],
    ['a container', { CNI_CONTAINERID: 'a..b__c.json' }, 'a..b__c.json/net1@eth0.json'],
  ])('%s is called %j', (_, env, name) => {
    add({ sysctl }, env)
    expect(namesIn(dataDir)).toEqual([name])
    expect(del({}, env)).toEqual(DELETED)
    expectUndone()
  })

  test('a name is longer than a file may be called', () => {
    const env = { CNI_CONTAINERID: 'c'.repeat(300) }
    expect(outcomeOf(netns, 'ADD', { conf: { dataDir, sysctl }, env })).toMatchObject({
      exitCode: 1,
      answer: { code: 5, msg: expect.stringMatching(/ENAMETOOLONG$/) },
    })
    expect(del({}, env)).toMatchObject({ status: 0, stdout: '' })
    expectUndone()
  })
})
