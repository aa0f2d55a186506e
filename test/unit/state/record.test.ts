import { describe, expect, test } from 'vitest'
import { parseRecord } from '../../../plugin/state/parse-record.ts'
import { formatRecord, type UndoRecord } from '../../../plugin/state/record.ts'

const RECORD: UndoRecord = {
  network: 'net1',
  containerId: 'c1',
  ifName: 'eth0',
  entry: 'chained',
  netns: { id: '4:4026532000', cookie: '4711', bootId: 'b' },
  netnsPath: '/run/netns/c1',
  sequence: 2,
  entries: [
    { id: 'link:eth0:mtu', found: '1500', putBack: '1500', after: '1400', inherited: false },
    { id: 'net.ipv4.tcp_rmem', found: '1\t2\t3', putBack: '7 8 9', after: '4 5 6', kept: '4 5 5', inherited: true },
  ],
}

const TEXT = formatRecord(RECORD)

/** The text with some members changed; `undefined` removes one. */
function changed(changes: Readonly<Record<string, unknown>>, text = TEXT): string {
  return JSON.stringify({ ...JSON.parse(text), ...changes })
}

test('a record is one line of JSON that says whose it is, with a column for each part of its entries', () => {
  expect(TEXT).toMatch(/^{"plugin":"netns-sysctl","version":2,.*}\n$/)
  expect(JSON.parse(TEXT)).toEqual({
    plugin: 'netns-sysctl',
    version: 2,
    network: 'net1',
    containerId: 'c1',
    ifName: 'eth0',
    entry: 'chained',
    netns: '4:4026532000',
    cookie: '4711',
    bootId: 'b',
    netnsPath: '/run/netns/c1',
    sequence: 2,
    ids: ['link:eth0:mtu', 'net.ipv4.tcp_rmem'],
    found: ['1500', '1\t2\t3'],
    after: ['1400', '4 5 6'],
    putBack: [[1, '7 8 9']],
    kept: [[1, '4 5 5']],
    inherited: [1],
  })
})

test('a record is read again', () => {
  expect(parseRecord(TEXT)).toStrictEqual(RECORD)
  const first: UndoRecord = { ...RECORD, entry: 'first', netns: { ...RECORD.netns, cookie: undefined }, entries: [] }
  expect(parseRecord(formatRecord(first))).toStrictEqual(first)
  const second: UndoRecord = { ...RECORD, part: 2, applied: true, asked: { mtu: 1400 } }
  expect(parseRecord(formatRecord(second))).toStrictEqual(second)
})

test.each([
  ['a member that this version does not know', { later: 'unknown' }],
  ['a number among the entries that is none', { part: '2' }],
  ['a wish that is none', { asked: 'mtu' }],
  ['a wish that is a list', { asked: ['mtu'] }],
  ['a wish that is null', { asked: null }],
  ['a truth that is none', { applied: 'yes' }],
])('a record is read without %s', (_, changes) => {
  expect(parseRecord(changed(changes))).toStrictEqual(RECORD)
})

const FIRST_VERSION = {
  plugin: 'netns-sysctl',
  version: 1,
  network: 'net1',
  containerId: 'c1',
  ifName: 'eth0',
  netns: '4:1',
  sequence: 2,
  entries: [
    { id: 'link:eth0:mtu', before: '1500', after: '1400', inherited: false },
    { id: 'net.a.x', before: '1', after: '2', kept: '3', inherited: true },
  ],
}

test('a record of version 1 is read: what it had found is what is to be put back', () => {
  expect(parseRecord(JSON.stringify(FIRST_VERSION))).toStrictEqual({
    network: 'net1',
    containerId: 'c1',
    ifName: 'eth0',
    entry: 'chained',
    netns: { id: '4:1', cookie: undefined, bootId: '' },
    netnsPath: '',
    sequence: 2,
    entries: [
      { id: 'link:eth0:mtu', found: '1500', putBack: '1500', after: '1400', inherited: false },
      { id: 'net.a.x', found: '1', putBack: '1', after: '2', kept: '3', inherited: true },
    ],
  })
})

test('a record that is truncated is none, wherever it ends', () => {
  const ends = [...Array(TEXT.length - 2).keys()]
  expect(ends.filter((end) => parseRecord(TEXT.slice(0, end)) !== undefined)).toEqual([])
})

describe('what is not a record of ours is none', () => {
  const [entry] = FIRST_VERSION.entries
  const first = (changes: object) => JSON.stringify({ ...FIRST_VERSION, ...changes })
  test.each([
    ['', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"netns-sysctl"'],
    ['binary', '\0\ufffd\u0001'],
    ['very deep', '['.repeat(100_000)],
    ['of a later version', changed({ version: 3 })],
    ['of a version that is text', changed({ version: '2' })],
    ['of another plugin', changed({ plugin: 'tuning' })],
    ['without a network', changed({ network: undefined })],
    ['of a third entry of a chain', changed({ entry: 'last' })],
    ['with a sequence that is no integer', changed({ sequence: 1.5 })],
    ['with a cookie that is a number', changed({ cookie: 4711 })],
    ['without a boot', changed({ bootId: undefined })],
    ['with too few values that were written', changed({ after: ['1400'] })],
    ['with too few values that were found', changed({ found: ['1500'] })],
    ['with a number for a value', changed({ found: [1500, '1'] })],
    ['with a text for a place', changed({ putBack: [['0', '1']] })],
    ['with three members for two', changed({ putBack: [[0, '1', '2']] })],
    ['with an object for a list', changed({ putBack: [{ 0: 0, 1: '1', length: 2 }] })],
    ['with a number to be put back', changed({ kept: [[0, 1]] })],
    ['without places', changed({ inherited: undefined })],
    ['of version 1 with entries that are none', first({ entries: {} })],
    ['of version 1 with an entry that is none', first({ entries: [entry, null] })],
    ['of version 1 with a number for a value', first({ entries: [{ ...entry, before: 1500 }] })],
    ['of version 1 without the value before', first({ entries: [{ ...entry, before: undefined }] })],
    ['of version 1 with a number for what the kernel has made of it', first({ entries: [{ ...entry, kept: 3 }] })],
    ['of version 1 with a word for a truth', first({ entries: [{ ...entry, inherited: 'no' }] })],
  ])('%s', (_, text) => {
    expect(parseRecord(text)).toBe(undefined)
  })
})
