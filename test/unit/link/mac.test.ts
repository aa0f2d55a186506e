import { describe, expect, test } from 'vitest'
import { macFromBytes, macProblem, macToBytes, normalizeMac } from '../../../plugin/link/mac.ts'

describe('a MAC address', () => {
  test.each([
    ['0a:58:0a:f4:01:02', '0a:58:0a:f4:01:02'],
    ['0A:58:0A:F4:01:02', '0a:58:0a:f4:01:02'],
    ['0a-58-0A-f4-01-02', '0a:58:0a:f4:01:02'],
    ['0a58.0af4.0102', '0a:58:0a:f4:01:02'],
    ['fe:ff:ff:ff:ff:ff', 'fe:ff:ff:ff:ff:ff'],
  ])('%s is %s', (text, mac) => {
    expect([normalizeMac(text), macProblem(text)]).toEqual([mac, undefined])
  })

  test.each([
    '',
    'x',
    '0a:58:0a:f4:01',
    '0a:58:0a:f4:01:02:03',
    '0a:58:0a:f4:01:02:03:04',
    '0a:58-0a:f4-01:02',
    '0a580af40102',
    '0a5.80a.f40.102',
    '0a:58:0a:f4:01:0g',
    ' 0a:58:0a:f4:01:02',
    '0a:58:0a:f4:01:02\n',
    'a:58:a:f4:1:2',
    '0a58:0af4:0102',
  ])('%j is none', (text) => {
    expect([normalizeMac(text), macProblem(text)]).toEqual([undefined, 'is not a MAC address, like 0a:58:0a:f4:01:02'])
  })

  test.each([
    ['00:00:00:00:00:00', 'is all zeros'],
    ['0000.0000.0000', 'is all zeros'],
    ['01:00:5e:00:00:01', 'is a multicast address: its first byte is odd'],
    ['FF:FF:FF:FF:FF:FF', 'is a multicast address: its first byte is odd'],
    ['03-00-00-00-00-00', 'is a multicast address: its first byte is odd'],
  ])('%s cannot be that of an interface: it %s', (text, problem) => {
    expect(macProblem(text)).toBe(problem)
  })
})

test('a MAC address is six bytes, both ways', () => {
  expect(macToBytes('0a:58:00:f4:01:ff')).toEqual([10, 88, 0, 244, 1, 255])
  expect(macFromBytes(Uint8Array.of(10, 88, 0, 244, 1, 255))).toBe('0a:58:00:f4:01:ff')
})
