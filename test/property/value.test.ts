import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseSysctlKey } from '../../plugin/sysctl/key.ts'
import { isKept, isSameValue } from '../../plugin/sysctl/value.ts'
import { runs } from '../helpers/runs.ts'

const RUNS = runs(3000)

const KEYS = [
  'net.core.somaxconn',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_fastopen_key',
  'net.ipv4.ping_group_range',
  'net.ipv4.neigh.eth0.retrans_time_ms',
  'net.ipv6.conf.eth0.stable_secret',
  'net.core.rps_default_mask',
  'net.bridge.bridge-nf-call-iptables',
].map(parseSysctlKey)

const key = fc.constantFrom(...KEYS)

const SPELLINGS: readonly ((magnitude: bigint) => string)[] = [
  String,
  (magnitude) => `0x${magnitude.toString(16)}`,
  (magnitude) => `0X00${magnitude.toString(16).toUpperCase()}`,
  (magnitude) => `0${magnitude.toString(8)}`,
]

const spelling = fc.constantFrom(...SPELLINGS)
const blanks = fc.constantFrom(' ', '\t', '  \t')

/** Few numbers, so that equal ones meet. */
const few = fc.bigInt({ min: 0n, max: 20n })
const number = fc.tuple(fc.constantFrom('', '-'), few, spelling).map(([sign, n, spell]) => `${sign}${spell(n)}`)

const text = fc.oneof(
  fc.tuple(fc.array(number, { maxLength: 3 }), blanks, fc.constantFrom('', ' ')).map(([all, between, end]) => {
    return `${end}${all.join(between)}${end}`
  }),
  fc
    .array(fc.oneof(number, fc.constantFrom('1-3', '2-3', '3-2', '1,2', '08', 'a', '')), { maxLength: 3 })
    .map((all) => all.join(',')),
  fc.constantFrom(
    'a-B-1-2',
    '0000000a-b-1-2',
    '2001:db8::1',
    '2001:0db8:0:0:0:0:0:1',
    '::',
    'ff',
    '00ff',
    'cubic',
    '::1::',
  ),
  fc.string({ unit: fc.constantFrom(...'0127x-,: a\t'), maxLength: 5 }),
)

test('equality is an equivalence', () => {
  fc.assert(
    fc.property(key, text, text, text, (of, a, b, c) => {
      expect(isSameValue(of, a, a)).toBe(true)
      expect(isSameValue(of, a, b)).toBe(isSameValue(of, b, a))
      if (isSameValue(of, a, b)) expect(isSameValue(of, b, c)).toBe(isSameValue(of, a, c))
    }),
    RUNS,
  )
})

test('what is the same is kept', () => {
  fc.assert(
    fc.property(key, text, text, (of, a, b) => {
      expect(isKept(of, a, a)).toBe(true)
      if (isSameValue(of, a, b)) expect(isKept(of, a, b)).toBe(true)
    }),
    RUNS,
  )
})

test('numbers are the same in every spelling and with every blank, and different numbers never are', () => {
  const of = parseSysctlKey('net.ipv4.tcp_rmem')
  const numbers = fc.array(fc.oneof(few, fc.bigInt({ min: 0n, max: 2n ** 64n })), { minLength: 1, maxLength: 4 })
  const spell = (all: readonly bigint[], as: (n: bigint) => string, between: string) => all.map(as).join(between)
  fc.assert(
    fc.property(numbers, numbers, spelling, spelling, blanks, blanks, (these, those, as1, as2, between1, between2) => {
      const written = spell(these, as1, between1)
      expect(isSameValue(of, written, ` ${spell(these, as2, between2)}\n`)).toBe(true)
      expect(isSameValue(of, written, spell(those, as2, between2))).toBe(these.join() === those.join())
    }),
    RUNS,
  )
})

test('port lists are the same where they hold the same ports', () => {
  const of = parseSysctlKey('net.ipv4.ip_local_reserved_ports')
  const range = fc
    .tuple(fc.integer({ min: 1, max: 12 }), fc.nat({ max: 3 }))
    .map(([from, more]) => ({ from, to: from + more }))
  const ranges = fc.array(range, { maxLength: 4 })
  type Ranges = readonly { readonly from: number; readonly to: number }[]
  const format = (all: Ranges) => all.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(',')
  const ports = (all: Ranges) =>
    [...Array(20).keys()].filter((port) => all.some(({ from, to }) => from <= port && port <= to))
  fc.assert(
    fc.property(ranges, ranges, (a, b) => {
      expect(isSameValue(of, format(a), format(b))).toBe(ports(a).join() === ports(b).join())
      expect(isSameValue(of, format(a), ports(a).reverse().join(','))).toBe(true)
    }),
    RUNS,
  )
})

test('whole ticks away is kept, further is not', () => {
  const of = parseSysctlKey('net.ipv4.neigh.eth0.retrans_time_ms')
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 10_000 }), fc.integer({ min: -30, max: 30 }), (wanted, difference) => {
      expect(isKept(of, String(wanted), String(wanted + difference))).toBe(Math.abs(difference) <= 10)
    }),
  )
})
