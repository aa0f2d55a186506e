import { describe, expect, test } from 'vitest'
import { formatRecord, parseRecord, type UndoRecord } from '../../../plugin/state/record.ts'

const RECORD: UndoRecord = {
  network: 'net1',
  containerId: 'c1',
  ifName: 'eth0',
  netns: '4:4026532000',
  sequence: 2,
  entries: [
    { id: 'link:eth0:mtu', before: '1500', after: '1400', inherited: false },
    { id: 'net.ipv4.tcp_rmem', before: '1\t2\t3', after: '4 5 6', inherited: true },
  ],
}

const TEXT = formatRecord(RECORD)

/** The text with some members changed; `undefined` takes one away. */
function changed(changes: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...JSON.parse(TEXT), ...changes })
}

test('a record is one line of JSON that says whose it is', () => {
  expect(TEXT).toBe(`${JSON.stringify({ plugin: 'netns-sysctl', version: 1, ...RECORD })}\n`)
})

test('a record is read again', () => {
  expect(parseRecord(TEXT)).toMatchObject(RECORD)
  expect(parseRecord(changed({ entries: [] }))?.entries).toEqual([])
  expect(parseRecord(changed({ later: 'unknown' }))).toMatchObject(RECORD)
})

test('a record that is truncated is none, wherever it ends', () => {
  const ends = [...Array(TEXT.length - 2).keys()]
  expect(ends.filter((end) => parseRecord(TEXT.slice(0, end)) !== undefined)).toEqual([])
})

describe('what is not a record of ours is none', () => {
  const entry = RECORD.entries[0]
  test.each([
    ['', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"netns-sysctl"'],
    ['binary', '\0\ufffd\u0001'],
    ['very deep', '['.repeat(100_000)],
    ['of a later version', changed({ version: 2 })],
    ['of a version that is text', changed({ version: '1' })],
    ['of another plugin', changed({ plugin: 'tuning' })],
    ['without a network', changed({ network: undefined })],
    ['with a sequence that is no integer', changed({ sequence: 1.5 })],
    ['with entries that are none', changed({ entries: {} })],
    ['with an entry that is none', changed({ entries: [null] })],
    ['with a number for a value', changed({ entries: [{ ...entry, before: 1500 }] })],
    ['without the value before', changed({ entries: [{ ...entry, before: undefined }] })],
    ['with a word for a truth', changed({ entries: [{ ...entry, inherited: 'no' }] })],
  ])('%s', (_, text) => {
    expect(parseRecord(text)).toBe(undefined)
  })
})
