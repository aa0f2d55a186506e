import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const EXECUTABLE = join(import.meta.dirname, '../../dist/netns-sysctl')
const NAME = 'runtime.bytecode'

test('V8 finds its bytecode aligned in the packed executable, and need not copy it', () => {
  const executable = readFileSync(EXECUTABLE)
  // Where the name of an asset ends, its length and its bytes follow.
  const asset = [...placesOf(executable, NAME)]
    .map((at) => at + NAME.length)
    .find((at) => executable.readBigUInt64LE(at) < executable.length)
  expect(asset).toBeDefined()
  const content = (asset as number) + 8
  const padding = executable[content] as number
  expect([...executable.subarray(content, content + padding)]).toEqual(Array(padding).fill(padding))
  expect((content + padding) % 8).toBe(0)
})

function* placesOf(bytes: Buffer, text: string): Generator<number> {
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) yield at
}
