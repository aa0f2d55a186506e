import { posix } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CniError } from '../../plugin/cni/error.ts'
import { ifNameProblem } from '../../plugin/cni/names.ts'
import { parseSysctlKey, replaceIfName, type SysctlKey, segmentsOf } from '../../plugin/sysctl/key.ts'
import { sysctlName } from '../helpers/conf-arbitraries.ts'
import { runs } from '../helpers/runs.ts'

const RUNS = runs(2000)

const anyName = fc.oneof(
  sysctlName,
  fc.string({ unit: fc.constantFrom(...'net./\0\n-a'), maxLength: 16 }).map((rest) => `net.${rest}`),
  fc.string({ unit: fc.constantFrom(...'net./\0\n-a'), maxLength: 16 }).map((rest) => `net/${rest}`),
  fc.string({ unit: 'binary' }),
)

const segment = fc
  .string({ unit: fc.constantFrom(...'ab0_-.é '), minLength: 1, maxLength: 6 })
  .filter((text) => text !== '.' && text !== '..')

const segments = fc.array(segment, { minLength: 1, maxLength: 5 }).map((inside) => ['net', ...inside])

const ifName = fc
  .string({ unit: fc.constantFrom(...'eth0.-@/: \0'), minLength: 1, maxLength: 15 })
  .filter((text) => ifNameProblem(text) === undefined)

function parseOrRefuse(text: string): SysctlKey | undefined {
  try {
    return parseSysctlKey(text)
  } catch (error) {
    if (error instanceof CniError) return undefined
    throw error
  }
}

function expectInside({ path }: SysctlKey): void {
  expect(path.startsWith('/proc/sys/net/')).toBe(true)
  expect(posix.normalize(path)).toBe(path)
  expect(path.endsWith('/')).toBe(false)
  expect(path).not.toMatch(/\p{Cc}/u)
}

function expectRoundTrip(key: SysctlKey): void {
  expect(parseSysctlKey(key.canonical)).toEqual(key)
  expect(parseSysctlKey(key.path.slice('/proc/sys/'.length))).toEqual(key)
}

test('no name that is accepted leaves /proc/sys/net, and each is found again from its key and from its path', () => {
  fc.assert(
    fc.property(anyName, (text) => {
      const key = parseOrRefuse(text)
      fc.pre(key !== undefined)
      expectInside(key)
      expectRoundTrip(key)
    }),
    RUNS,
  )
})

test('any good segments are accepted in both spellings, as one key', () => {
  fc.assert(
    fc.property(segments, (parts) => {
      const slashes = parseSysctlKey(parts.join('/'))
      const dots = parseSysctlKey(parts.map((part) => part.replaceAll('.', '/')).join('.'))
      expect(segmentsOf(slashes)).toEqual(parts)
      expect(dots).toEqual(slashes)
      expectInside(slashes)
      expectRoundTrip(slashes)
    }),
    RUNS,
  )
})

test('no interface leads out of /proc/sys/net', () => {
  const withIfName = fc.tuple(segments, fc.nat({ max: 4 })).map(([parts, at]) => parts.toSpliced(at + 1, 0, 'IFNAME'))
  fc.assert(
    fc.property(withIfName, ifName, (parts, name) => {
      const key = replaceIfName(parseSysctlKey(parts.join('/')), name)
      expect(segmentsOf(key)).toEqual(parts.map((part) => (part === 'IFNAME' ? name : part)))
      expectInside(key)
      expectRoundTrip(key)
    }),
    RUNS,
  )
})
