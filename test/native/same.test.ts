import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyText } from '../helpers/arbitraries.ts'
import { request } from '../helpers/conf-arbitraries.ts'
import { type Asked, runAlone } from './engines.ts'
import { NATIVE, PACKED, SANITIZED } from './executables.ts'

const RUNS = Number(process.env.NATIVE_RUNS ?? 200)

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.tuple(request, fc.nat(), fc.integer({ min: 0x80, max: 0xff })).map(([text, at, byte]) => {
    const encoded = Buffer.from(text)
    if (encoded.length > 0) encoded[at % encoded.length] = byte
    return Uint8Array.from(encoded)
  }),
)

const env = fc.dictionary(
  fc.constantFrom('CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME', 'CNI_NETNS_OVERRIDE', 'CNI_ARGS'),
  fc.oneof(
    fc.constantFrom('', 'c1', 'eth0', 'all', '../x', 'a b', '/run/netns/gone', '/dev/null', 'MAC=0a:58:0a:f4:01:02'),
    fc.string({ unit: fc.constantFrom('a', 'é', '漢', '😀', '.', ' '), maxLength: 8 }),
  ),
  { maxKeys: 1 },
)

// GC would read the records in the folder that the text names, or in /run.
const asked: fc.Arbitrary<Asked> = fc.record({
  command: fc.constantFrom('ADD', 'ADD', 'ADD', 'CHECK', 'DEL', 'VERSION', 'add'),
  stdin: fc.oneof(
    { weight: 8, arbitrary: request },
    { weight: 1, arbitrary: anyText },
    { weight: 1, arbitrary: bytes },
  ),
  env,
})

test('the executables print, write and record the same, whatever is asked', async () => {
  const property = fc.asyncProperty(asked, async (one) => {
    const expected = await runAlone(PACKED, one)
    expect(await runAlone(NATIVE, one)).toEqual(expected)
    expect(await runAlone(SANITIZED, one)).toEqual(expected)
  })
  await fc.assert(property, { numRuns: RUNS })
}, 900_000)
