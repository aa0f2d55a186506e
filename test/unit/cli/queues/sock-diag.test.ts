import { describe, expect, test } from 'vitest'
import { formatAddress, formatIpv6 } from '../../../../plugin/cli/queues/address.ts'
import { listListeners, parseListeners } from '../../../../plugin/cli/queues/sock-diag.ts'

/** Answers of Linux 6.18 for 0.0.0.0:80 and for 127.0.0.1:8080, with 12 connections that were not accepted. */
const IPV4 = `
a4000000140002000100000056770000020a0000005000000000000000000000000000000000000000000000000000000000000000000000000000
0008100000000000000000000000000000ff01000000000000dc301500050008000000000008000f00000000000c00150001000000000000000600
16005200000028000700000000000000020000000000004000000000000000000000000000000000000000000000a4000000140002000100000056
770000020a00001f9000007f0000010000000000000000000000000000000000000000000000000000000000000000091000000000000000000000
080000000700000000000000d9301500050008000000000008000f00000000000c0015000100000000000000060016005200000028000700000000
0000000200000000000040000000000000000000000000000000000000040000001400000003000200010000005677000000000000`

/** The same for [fd00:1:2::ab]:9090 and [::]:9091. */
const IPV6 = `
ac0000001400020001000000567700000a0a000023820000fd0000010002000000000000000000ab00000000000000000000000000000000000000
000a1000000000000000000000000000000010000000000000da301500050008000000000005000b000100000008000f00000000000c0015000100
000000000000060016001200000028000700000000000000020000000000004000000000000000000000000000000000000000000000ac00000014
00020001000000567700000a0a0000238300000000000000000000000000000000000000000000000000000000000000000000000000000b100000
0000000000000000000000008000000000000000db301500050008000000000005000b000000000008000f00000000000c00150001000000000000
0006001600120000002800070000000000000002000000000000400000000000000000000000000000000000000000000014000000030002000100
00005677000000000000`

const bytesOf = (hex: string) =>
  Uint8Array.from(hex.replace(/\s/g, '').match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))

describe('what the kernel answers', () => {
  test('is every socket with its queue, and what it has dropped', () => {
    const found = parseListeners(bytesOf(IPV4))
    expect(found.map((each) => [formatAddress(each), each.waiting, each.limit, each.dropped, each.inode])).toEqual([
      ['0.0.0.0:80', 0, 511, 0, 1388764],
      ['127.0.0.1:8080', 8, 7, 4, 1388761],
    ])
  })

  test('of IPv6 likewise', () => {
    const found = parseListeners(bytesOf(IPV6))
    expect(found.map((each) => [formatAddress(each), each.waiting, each.limit, each.dropped])).toEqual([
      ['[fd00:1:2::ab]:9090', 0, 4096, 0],
      ['[::]:9091', 0, 128, 0],
    ])
  })

  test('of a kernel that does not count for each socket has no number', () => {
    // Without the last member of SK_MEMINFO, as before Linux 4.7.
    const old = bytesOf(IPV4).slice(0, 164)
    const shorter = new Uint8Array(160)
    shorter.set(old.subarray(0, 160))
    new DataView(shorter.buffer).setUint32(0, 160, true)
    new DataView(shorter.buffer).setUint16(124, 36, true)
    expect(parseListeners(shorter)).toMatchObject([{ port: 80, limit: 511, dropped: undefined }])
  })

  test.each([
    ['cut off in a header', 170],
    ['cut off in a socket', 200],
  ])('that is %s gives what is whole', (_, length) => {
    expect(parseListeners(bytesOf(IPV4).slice(0, length))).toMatchObject([{ port: 80 }])
  })

  test('that is not a netlink message at all is nothing', () => {
    expect(parseListeners(new Uint8Array(64))).toEqual([])
  })
})

test('asks for the listening sockets of both families, with their memory', () => {
  const asked: [number, string][] = []
  listListeners({
    netlink(protocol, request) {
      asked.push([protocol, Buffer.from(request.subarray(0, 24)).toString('hex')])
      return new Uint8Array()
    },
  })
  // NLM_F_REQUEST, ACK and DUMP; the family, IPPROTO_TCP, the attribute; 1 << TCP_LISTEN.
  expect(asked).toEqual([
    [4, '480000001400050301000000000000000206400000040000'],
    [4, '480000001400050301000000000000000a06400000040000'],
  ])
})

describe('addresses are as people write them', () => {
  const ipv6 = (...groups: readonly number[]) => Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255]))
  test.each([
    [[0, 0, 0, 0, 0, 0, 0, 0], '::'],
    [[0, 0, 0, 0, 0, 0, 0, 1], '::1'],
    [[0xfe80, 0, 0, 0, 0, 0, 0, 0], 'fe80::'],
    [[0x2001, 0xdb8, 0, 0, 1, 0, 0, 1], '2001:db8::1:0:0:1'],
    [[0x2001, 0xdb8, 0, 1, 1, 1, 1, 1], '2001:db8:0:1:1:1:1:1'],
    [[1, 0, 0, 2, 0, 0, 0, 3], '1:0:0:2::3'],
    [[0x10, 0, 0, 0x100, 2, 3, 4, 5], '10::100:2:3:4:5'],
    [[0, 0, 0, 0, 0, 0xffff, 0x7f00, 1], '::ffff:127.0.0.1'],
  ])('%j', (groups, text) => {
    expect(formatIpv6(ipv6(...groups))).toBe(text)
  })

  test('with the interface that a socket is bound to', () => {
    const socket = { waiting: 0, limit: 1, dropped: 0, inode: 1, port: 80, ifIndex: 2 }
    expect(formatAddress({ ...socket, family: 'ipv4', address: Uint8Array.of(10, 0, 0, 1) })).toBe('10.0.0.1%2:80')
    expect(formatAddress({ ...socket, family: 'ipv6', address: ipv6(0xfe80, 0, 0, 0, 0, 0, 0, 1) })).toBe(
      '[fe80::1%2]:80',
    )
  })
})
