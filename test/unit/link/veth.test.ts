import { expect, test } from 'vitest'
import { readLinkNames } from '../../../plugin/link/names.ts'
import { cString, netlinkAttribute, netlinkRequest, uint32 } from '../../../plugin/link/netlink.ts'
import { createVeth } from '../../../plugin/link/veth.ts'
import { OsError } from '../../../plugin/os/os.ts'
import { newNetns } from '../../helpers/cli.ts'
import { createFakeOs } from '../../helpers/fake-os.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

test('a name is UTF-8 and ends with a NUL', () => {
  expect(hex(cString('eth0'))).toBe('6574683000')
  expect(hex(cString('é%20'))).toBe('c3a925323000')
})

test('an attribute has its length without the padding, and starts at a multiple of four', () => {
  expect(hex(netlinkAttribute(3, cString('lo')))).toBe('07000300' + '6c6f0000')
  expect(hex(netlinkAttribute(18, netlinkAttribute(1, cString('veth')), netlinkAttribute(4, uint32(1500))))).toBe(
    '18001200' + '09000100' + '7665746800000000' + '08000400' + 'dc050000',
  )
})

test('a request asks for an acknowledgement', () => {
  expect(hex(netlinkRequest(16, 0x600, uint32(7)))).toBe(
    '14000000' + '1000' + '0506' + '01000000' + '00000000' + '07000000',
  )
})

test('a pair of interfaces is made, both with an MTU of 1500', () => {
  const os = createFakeOs({ newNetns: newNetns() })
  os.makeNetns()
  createVeth(os, 'eth0', 'p0')
  expect(readLinkNames(os)).toEqual(['lo', 'eth0', 'p0'])
  expect([os.linkOf('new', 'eth0')?.mtu, os.linkOf('new', 'p0')?.mtu]).toEqual([1500, 1500])
  expect(os.readFile('/proc/sys/net/ipv4/conf/eth0/rp_filter')).toBe('0\n')
  expect(() => createVeth(os, 'eth0', 'p1')).toThrow(OsError)
})
