import { afterAll, beforeEach, expect, test } from 'vitest'
import { makeOld, namesIn, newDataDir } from '../helpers/data-dir.ts'
import { callPlugin } from '../helpers/executable.ts'
import { addVeth, createNetns } from '../helpers/netns.ts'
import { readSysctls, type Sysctls, writeSysctls } from '../helpers/sysctls.ts'

// Two entries of the plugin in one chain: the same attachment, with a configuration each.

const netns = await createNetns()
afterAll(() => netns.close())
addVeth(netns)

const BEFORE: Sysctls = { 'net/core/somaxconn': '4096', 'net/ipv4/tcp_fin_timeout': '60' }
const FIRST = { 'net.core.somaxconn': 1000 }
const SECOND = { 'net.core.somaxconn': 2000, 'net.ipv4.tcp_fin_timeout': 30 }
const RECORDS = ['c1/net1@eth0.json', 'c1/net1@eth0@2.json']

let dataDir: string
beforeEach(() => {
  dataDir = newDataDir()
  writeSysctls(netns, BEFORE)
})

function ask(command: string, sysctl: Readonly<Record<string, number>>, conf: object = {}) {
  const { status, stderr } = callPlugin(netns, command, { conf: { dataDir, sysctl, ...conf } })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return Object.values(readSysctls(netns, Object.keys(BEFORE)))
}

test('each is undone by its own DEL, however often it was added', () => {
  ask('ADD', FIRST)
  ask('ADD', FIRST)
  expect(ask('ADD', SECOND)).toEqual(['2000', '30'])
  expect(ask('ADD', SECOND)).toEqual(['2000', '30'])
  expect(namesIn(dataDir)).toEqual(RECORDS)
  ask('CHECK', FIRST)
  ask('CHECK', SECOND)
  expect(ask('DEL', SECOND)).toEqual(['1000', '60'])
  expect(ask('DEL', SECOND)).toEqual(['1000', '60'])
  ask('CHECK', FIRST)
  expect(ask('DEL', FIRST)).toEqual(['4096', '60'])
  expect(namesIn(dataDir)).toEqual([])
})

test('an entry without undo leaves to the other one what that has set', () => {
  ask('ADD', FIRST)
  ask('ADD', { 'net.ipv4.tcp_fin_timeout': 30 }, { restoreOnDel: false })
  expect(ask('DEL', { 'net.ipv4.tcp_fin_timeout': 30 }, { restoreOnDel: false })).toEqual(['1000', '30'])
  expect(ask('DEL', FIRST)).toEqual(['4096', '30'])
  expect(namesIn(dataDir)).toEqual([])
})

test('both are undone where neither is what it was at ADD', () => {
  ask('ADD', FIRST)
  ask('ADD', SECOND)
  expect(ask('DEL', { 'net.core.somaxconn': 3000 })).toEqual(['4096', '60'])
  expect(namesIn(dataDir)).toEqual([])
})

test('GC removes the records of both', () => {
  ask('ADD', FIRST)
  ask('ADD', SECOND)
  makeOld(dataDir)
  const { status } = callPlugin(netns, 'GC', { conf: { dataDir, 'cni.dev/valid-attachments': [] } })
  expect([status, namesIn(dataDir)]).toEqual([0, []])
})
