import { describe, expect, test } from 'vitest'
import { LINK_ATTRIBUTES, readLinkAttribute, UNION_BYTES, writeLinkAttribute } from '../../../plugin/link/attributes.ts'
import { OsError } from '../../../plugin/os/os.ts'
import { errorOf } from '../../helpers/errors.ts'
import { createFakeOs, HOST } from '../../helpers/fake-os.ts'
import { ETH0 } from '../../helpers/requests.ts'

function createOs(changes = {}) {
  return createFakeOs({ links: { [HOST]: { eth0: { ...ETH0, ...changes } } } })
}

test('every attribute is read as text', () => {
  const os = createOs({ flags: 0x1143, txQLen: 0 })
  expect(LINK_ATTRIBUTES.map((attribute) => [attribute, readLinkAttribute(os, 'eth0', attribute)])).toEqual([
    ['mac', '5a:00:00:00:00:01'],
    ['mtu', '1500'],
    ['promisc', '1'],
    ['allmulti', '0'],
    ['txQLen', '0'],
  ])
})

describe('an attribute is set, and nothing else', () => {
  test.each([
    ['mac', '0a:58:0a:f4:01:02', { mac: '0a:58:0a:f4:01:02' }],
    ['mtu', '1400', { mtu: 1400 }],
    ['txQLen', '2147483647', { txQLen: 2147483647 }],
    ['promisc', '1', { flags: 0x1143 }],
    ['promisc', '0', {}],
    ['allmulti', '1', { flags: 0x1243 }],
    ['allmulti', '0', {}],
  ] as const)('%s to %s', (attribute, value, changes) => {
    const os = createOs()
    writeLinkAttribute(os, 'eth0', attribute, value)
    expect(os.linkOf(HOST, 'eth0')).toEqual({ ...ETH0, ...changes })
  })

  test('a flag off again', () => {
    const os = createOs({ flags: 0x1343 })
    writeLinkAttribute(os, 'eth0', 'promisc', '0')
    expect(os.linkOf(HOST, 'eth0')?.flags).toBe(0x1243)
  })

  test('and the family of the address stays', () => {
    const unions: number[][] = []
    const linkIoctl = (_: number, __: string, union: Uint8Array) => {
      unions.push([...union])
      return Uint8Array.of(1, 0, ...new Uint8Array(UNION_BYTES - 2))
    }
    writeLinkAttribute({ linkIoctl }, 'eth0', 'mac', '0a:00:00:00:00:0b')
    expect(unions.map((union) => union.slice(0, 9))).toEqual([
      [0, 0, 0, 0, 0, 0, 0, 0, 0],
      [1, 0, 10, 0, 0, 0, 0, 11, 0],
    ])
    expect(unions.map(({ length }) => length)).toEqual([24, 24])
  })
})

test.each(LINK_ATTRIBUTES)('%s of an interface that is not there cannot be read or set', (attribute) => {
  const gone = new OsError('ENODEV', 'ioctl', 'eth1')
  expect(errorOf(() => readLinkAttribute(createOs(), 'eth1', attribute))).toEqual(gone)
  expect(errorOf(() => writeLinkAttribute(createOs(), 'eth1', attribute, '1'))).toEqual(gone)
})
