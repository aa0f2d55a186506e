import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const EXECUTABLE = join(import.meta.dirname, '../../dist/netns-sysctl')
const NAME = 'runtime.bytecode'

const executable = readFileSync(EXECUTABLE)

/** Where the content of the asset is: where its name ends, its length and its bytes follow. */
function findBytecode(): number {
  const end = [...placesOf(executable, NAME)]
    .map((at) => at + NAME.length)
    .find((at) => executable.readBigUInt64LE(at) < executable.length)
  expect(end).toBeDefined()
  return (end as number) + 8
}

test('V8 finds its bytecode aligned in the packed executable, and need not copy it', () => {
  const content = findBytecode()
  const padding = executable[content] as number
  expect([...executable.subarray(content, content + padding)]).toEqual(Array(padding).fill(padding))
  expect((content + padding) % 8).toBe(0)
})

test("V8 accepts the bytecode of Node's own modules with the flags of the packed executable", () => {
  const content = findBytecode()
  const start = content + (executable[content] as number)
  // V8's version, and behind the length of the source a hash of the flags.
  const version = executable.subarray(start, start + 8)
  const flagsAt = (at: number) => executable.toString('hex', at + 12, at + 16)
  const found = [...placesOf(executable, version)].map(flagsAt)
  expect(found.length).toBeGreaterThan(100)
  expect(found.filter((flags) => flags !== flagsAt(start))).toEqual([])
})

function* placesOf(bytes: Buffer, text: string | Buffer): Generator<number> {
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) yield at
}
