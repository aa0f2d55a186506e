import { CniError, ErrorCode } from '../cni/error.ts'
import type { SysctlKey } from './key.ts'

/** A value as in a configuration. */
export type ConfiguredValue = string | number | boolean

/**
 * The text to write, without its newline: trimmed, `true` as 1.
 * Throws CniError 2 if it cannot be a line of /proc/sys.
 */
export function parseValue(key: SysctlKey, value: ConfiguredValue): string {
  if (typeof value !== 'string') return String(Number(value))
  const text = value.trim()
  if (!text.includes('\n') && !text.includes('\r') && !text.includes('\0')) return text
  throw new CniError({
    code: ErrorCode.unsupportedValue,
    msg: `${key.canonical}: the value ${JSON.stringify(value)} has a line break or a NUL`,
    details: 'a value is one line',
  })
}

/** Whether two texts are the same value of `key` for the kernel: an equivalence. */
export function isSameValue(key: SysctlKey, a: string, b: string): boolean {
  // Nearly always they are equal, or only blanks differ.
  if (a === b) return true
  const [one, other] = [foldBlanks(a), foldBlanks(b)]
  return one === other || canonicalValue(key, one) === canonicalValue(key, other)
}

/**
 * Whether `current` is what the kernel shows after `wanted` was written: the same value, or what the kernel makes of it without
 * an error. It takes as many numbers as fit, keeps the old ones for those that were not given, and counts some
 * times in ticks.
 */
export function isKept(key: SysctlKey, wanted: string, current: string): boolean {
  if (isSameValue(key, wanted, current)) return true
  const want = numbersOf(wanted)
  const have = numbersOf(current)
  if (want === undefined || have === undefined) return false
  const tolerance = BigInt(FORMATS.find(({ keys }) => keys.test(key.canonical))?.tolerance ?? 0)
  const shared = Math.min(want.length, have.length)
  return want.slice(0, shared).every((number, index) => {
    const difference = number - (have[index] as bigint)
    return difference <= tolerance && -difference <= tolerance
  })
}

interface Format {
  readonly keys: RegExp
  /** Of a text with single blanks; undefined if it has not that format. */
  readonly canonical?: (text: string) => string | undefined
  /** How much the kernel's value may differ from the written one, in the sysctl's own unit. */
  readonly tolerance?: number
}

/** Sysctls that do not simply show the number or word that was written. */
const FORMATS: readonly Format[] = [
  // proc_do_large_bitmap(): 8080,8081 comes back as 8080-8081.
  { keys: /^net\.(ipv4\.ip_local_reserved_ports|ipv6\.icmp\.ratemask)$/, canonical: canonicalRanges },
  // brnf_sysctl_call_tables(): whatever is not 0 comes back as 1.
  { keys: /^net\.bridge\.bridge-nf-/, canonical: canonicalFlag },
  // proc_tcp_fastopen_key(): 1-2-3-4 comes back as 00000001-00000002-00000003-00000004.
  { keys: /\.tcp_fastopen_key$/, canonical: canonicalHexGroups },
  // addrconf_sysctl_stable_secret(): an address comes back with all its digits.
  { keys: /\.stable_secret$/, canonical: canonicalAddress },
  // dump_cpumask(): ff comes back as 000000ff.
  { keys: /^net\.core\.(rps_default_mask|flow_limit_cpu_bitmap)$/, canonical: canonicalMask },
  // ipv4_ping_group_range(): a reversed range allows nobody and comes back as 1 0.
  { keys: /^net\.ipv4\.ping_group_range$/, canonical: canonicalGroupRange },
  // proc_dointvec_ms_jiffies(): milliseconds, kept in ticks of up to 10 ms.
  { keys: /(_ms|\.(icmp_|tcp_invalid_|icmp\.)ratelimit|\.mldv[12]_unsolicited_report_interval)$/, tolerance: 10 },
  // proc_dointvec_userhz_jiffies(): hundredths of a second, kept in the kernel's ticks.
  { keys: /\.neigh\.[^.]+\.(anycast_delay|locktime|proxy_delay|retrans_time)$/, tolerance: 2 },
]

function foldBlanks(text: string): string {
  return text.trim().replace(/\s+/g, ' ')
}

function canonicalValue(key: SysctlKey, text: string): string {
  const format = FORMATS.find(({ keys }) => keys.test(key.canonical))
  return format?.canonical?.(text) ?? text.split(' ').map(canonicalWord).join(' ')
}

function canonicalWord(word: string): string {
  return parseNumber(word)?.toString() ?? word
}

/** A number as C's strtoll reads it with base 0: 0x10 is 16, 010 is 8. */
function parseNumber(word: string): bigint | undefined {
  const [, sign, digits] = /^(-?)(0x[0-9a-f]+|0[0-7]*|[1-9][0-9]*)$/i.exec(word) ?? []
  if (digits === undefined) return undefined
  const isOctal = /^0[0-7]/.test(digits)
  const magnitude = BigInt(isOctal ? `0o${digits}` : digits)
  return sign === '-' ? -magnitude : magnitude
}

function numbersOf(text: string): readonly bigint[] | undefined {
  const numbers = foldBlanks(text).split(' ').map(parseNumber)
  return numbers.includes(undefined) ? undefined : (numbers as bigint[])
}

function canonicalRanges(text: string): string | undefined {
  const ranges = text
    .split(/[ ,]/)
    .filter((range) => range !== '')
    .map((range) => range.split('-').map(Number))
    .map(([from = Number.NaN, to = from]) => ({ from, to }))
    .sort((a, b) => a.from - b.from)
  if (ranges.some(({ from, to }) => Number.isNaN(from) || Number.isNaN(to))) return undefined
  const merged: { from: number; to: number }[] = []
  for (const range of ranges) {
    const last = merged.at(-1)
    if (last !== undefined && range.from <= last.to + 1) last.to = Math.max(last.to, range.to)
    else merged.push({ ...range })
  }
  return merged.map(({ from, to }) => `${from}-${to}`).join(',')
}

function canonicalFlag(text: string): string | undefined {
  const number = parseNumber(text)
  return number === undefined ? undefined : String(number !== 0n)
}

function canonicalHexGroups(text: string): string {
  return text.toLowerCase().replace(/[0-9a-f]+/g, (group) => group.padStart(8, '0'))
}

function canonicalMask(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(',', '')
    .replace(/^0+(?=.)/, '')
}

function canonicalGroupRange(text: string): string | undefined {
  const [from = 0n, to = from] = numbersOf(text) ?? []
  return from > to ? '1 0' : undefined
}

/** An IPv6 address with all eight groups; any other text unchanged. */
function canonicalAddress(text: string): string {
  const [head = '', tail] = text.toLowerCase().split('::')
  const groupsOf = (part: string) => part.split(':').filter((group) => group !== '')
  const left = groupsOf(head)
  const right = groupsOf(tail ?? '')
  const missing = tail === undefined ? 0 : 8 - left.length - right.length
  const groups = [...left, ...Array<string>(Math.max(missing, 0)).fill(''), ...right]
  return groups.map((group) => group.padStart(4, '0')).join(':')
}
