import { describe, expect, test } from 'vitest'
import { formatRecordName, isSameAttachment, parseRecordName } from '../../../plugin/state/attachment.ts'

const ATTACHMENT = { network: 'net1', containerId: 'c1', ifName: 'eth0' }

describe('the name of a record', () => {
  test.each([
    [ATTACHMENT, 'net1@c1@eth0.json'],
    [{ ...ATTACHMENT, ifName: 'eth0.100' }, 'net1@c1@eth0.100.json'],
    [{ ...ATTACHMENT, ifName: 'a@b' }, 'net1@c1@a%40;b.json'],
    [{ ...ATTACHMENT, ifName: '%41;' }, 'net1@c1@%25;41%3b;.json'],
    [{ ...ATTACHMENT, ifName: 'é😀' }, 'net1@c1@%e9;%1f600;.json'],
    [{ ...ATTACHMENT, ifName: '../x' }, 'net1@c1@..%2f;x.json'],
    [{ ...ATTACHMENT, ifName: '\ud800' }, 'net1@c1@%d800;.json'],
    [{ network: 'a.b', containerId: 'c_1-2', ifName: '...' }, 'a.b@c_1-2@....json'],
  ])('of %j is %s, and gives it back', (attachment, name) => {
    expect(formatRecordName(attachment)).toBe(name)
    expect(parseRecordName(name)).toEqual(attachment)
  })

  test.each([
    '',
    '.json',
    'net1.json',
    'net1@c1.json',
    'net1@c1@eth0',
    'net1@c1@eth0.json~',
    'net1@c1@eth0@x.json',
    'net1@c1@é.json',
    'net1@c1@%41;.json',
    'net1@c1@%040;.json',
    'net1@c1@%4F;.json',
    'net1@c1@%ffffff;.json',
    'net1@c1@%110000;.json',
    'net1@c1@%.json',
    'net1@c1@a b.json',
  ])('is not %j', (name) => {
    expect(parseRecordName(name)).toBe(undefined)
  })
})

test.each([
  [{}, true],
  [{ network: 'net2' }, false],
  [{ containerId: 'c2' }, false],
  [{ ifName: 'eth1' }, false],
])('with %j it is the same attachment: %s', (changes, isSame) => {
  expect(isSameAttachment(ATTACHMENT, { ...ATTACHMENT, ...changes })).toBe(isSame)
})
