import { describe, expect, test } from 'vitest'
import {
  formatFlatName,
  formatRecordName,
  isSameAttachment,
  parseFlatName,
  parseRecordName,
} from '../../../plugin/state/attachment.ts'

const ATTACHMENT = { network: 'net1', containerId: 'c1', ifName: 'eth0', entry: 'chained' } as const

describe('the name of a record', () => {
  test.each([
    [ATTACHMENT, 'net1@eth0.json'],
    [{ ...ATTACHMENT, entry: 'first' as const }, 'net1@eth0@first.json'],
    [{ ...ATTACHMENT, part: 2 }, 'net1@eth0@2.json'],
    [{ ...ATTACHMENT, entry: 'first' as const, part: 10 }, 'net1@eth0@first@10.json'],
    [{ ...ATTACHMENT, part: 123 }, 'net1@eth0@123.json'],
    [{ ...ATTACHMENT, part: 987654321 }, 'net1@eth0@987654321.json'],
    [{ ...ATTACHMENT, ifName: 'a\u0001b' }, 'net1@a%01;b.json'],
    [{ ...ATTACHMENT, ifName: 'eth0@first' }, 'net1@eth0%40;first.json'],
    [{ ...ATTACHMENT, ifName: 'eth0.100' }, 'net1@eth0.100.json'],
    [{ ...ATTACHMENT, ifName: '%41;' }, 'net1@%25;41%3b;.json'],
    [{ ...ATTACHMENT, ifName: 'é😀' }, 'net1@%e9;%1f600;.json'],
    [{ ...ATTACHMENT, ifName: '../x' }, 'net1@..%2f;x.json'],
    [{ ...ATTACHMENT, ifName: '\ud800' }, 'net1@%d800;.json'],
    [{ ...ATTACHMENT, network: 'a.b', ifName: '...' }, 'a.b@....json'],
  ])('of %j is %s, and gives it back', (attachment, name) => {
    expect(formatRecordName(attachment)).toBe(name)
    expect(parseRecordName('c1', name)).toEqual(attachment)
  })

  test.each([
    '',
    '.json',
    'net1.json',
    'net1@eth0',
    'net1@eth0.json~',
    'net1@eth0@.json',
    'net1@eth0@first@.json',
    'net1@eth0@second.json',
    'net1@eth0@first@first.json',
    'net1@eth0@0.json',
    'net1@eth0@1.json',
    'net1@eth0@02.json',
    'net1@eth0@-2.json',
    'net1@eth0@2.5.json',
    'net1@eth0@2@first.json',
    'net1@eth0@2@3.json',
    'net1@eth0@1234567890.json',
    'net1@eth0@12345678901234567890.json',
    'net1@é.json',
    'net1@%41;.json',
    'net1@%040;.json',
    'net1@%4F;.json',
    'net1@%ffffff;.json',
    'net1@%110000;.json',
    'net1@%.json',
    'net1@a b.json',
    'net1@eth0.jso',
    'net1@eth0XXXXX',
    '@',
  ])('is not %j', (name) => {
    expect(parseRecordName('c1', name)).toBe(undefined)
  })
})

describe('the name of a record of version 1', () => {
  test.each([
    [ATTACHMENT, 'net1@c1@eth0.json'],
    [{ ...ATTACHMENT, ifName: 'a@b' }, 'net1@c1@a%40;b.json'],
    [{ network: 'a.b', containerId: 'c_1-2', ifName: '...', entry: 'chained' as const }, 'a.b@c_1-2@....json'],
  ])('of %j is %s, and gives it back', (attachment, name) => {
    expect(formatFlatName(attachment)).toBe(name)
    expect(parseFlatName(name)).toEqual(attachment)
    expect(parseFlatName(`${name}.netns-sysctl~`)).toEqual(attachment)
  })

  test.each(['', 'containers', 'net1@c1.json', 'net1@c1@eth0', 'net1@c1@eth0@x.json', 'net1@c1@%zz;.json', '@.json'])(
    'is not %j',
    (name) => {
      expect(parseFlatName(name)).toBe(undefined)
    },
  )
})

test.each([
  [{}, true],
  [{ network: 'net2' }, false],
  [{ containerId: 'c2' }, false],
  [{ ifName: 'eth1' }, false],
  [{ entry: 'first' as const }, false],
  [{ part: 2 }, false],
])('with %j it is the same attachment: %s', (changes, isSame) => {
  expect(isSameAttachment(ATTACHMENT, { ...ATTACHMENT, ...changes })).toBe(isSame)
})
