import { describe, expect, test } from 'vitest'
import { containerIdProblem, ifNameProblem, networkNameProblem } from '../../../plugin/cni/names.ts'

const CHARACTERS = 'must be letters, digits, "_", "." and "-", and start with a letter or digit'

describe('container IDs and names of networks', () => {
  test.each(['a', '0', 'A_b.c-9', 'cnitool-77383ca0a0715733ca6f', 'x'.repeat(300)])('%s is one', (text) => {
    expect([containerIdProblem(text), networkNameProblem(text)]).toEqual([undefined, undefined])
  })

  test.each(['', '-a', '_a', '.a', '..', 'a/b', 'a b', 'a\n', 'é', 'a\0'])('%j is none', (text) => {
    expect([containerIdProblem(text), networkNameProblem(text)]).toEqual([CHARACTERS, CHARACTERS])
  })
})

describe('names of interfaces', () => {
  test.each([
    'eth0',
    'eth0.100',
    'fifteen-letters',
    'a@b',
    '...',
    'é',
    'all',
    'IFNAME',
    'é'.repeat(7),
    '€'.repeat(5),
    '😀'.repeat(3),
  ])('%s is one', (text) => {
    expect(ifNameProblem(text)).toBe(undefined)
  })

  test.each([
    ['sixteen-letters!', 'is longer than 15 bytes'],
    ['\u0080'.repeat(8), 'is longer than 15 bytes'],
    [`${'\u0800'.repeat(5)}a`, 'is longer than 15 bytes'],
    [`${'\uffff'.repeat(5)}a`, 'is longer than 15 bytes'],
    ['\u{10000}'.repeat(4), 'is longer than 15 bytes'],
    ['.', 'is the name of a directory'],
    ['..', 'is the name of a directory'],
    ['a/b', 'has an invalid character: "/", ":", a blank or a control character'],
    ['a:1', 'has an invalid character: "/", ":", a blank or a control character'],
    ['a b', 'has an invalid character: "/", ":", a blank or a control character'],
    ['a\n', 'has an invalid character: "/", ":", a blank or a control character'],
    ['a\u007f', 'has an invalid character: "/", ":", a blank or a control character'],
  ])('%j: %s', (text, problem) => {
    expect(ifNameProblem(text)).toBe(problem)
  })
})
