import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')

/** The lines of the README's only block of shell commands that has this text. Throws an Error if that is not one. */
export function commandsWith(text: string): string {
  const blocks = [...README.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, commands = '']) => commands)
  const [block, ...more] = blocks.filter((commands) => commands.includes(text))
  if (block === undefined || more.length > 0)
    throw new Error(`the README has ${more.length} blocks with ${text}, not one`)
  return block
}

/** The line of a block that has this text. */
export function lineWith(block: string, text: string): string {
  const line = block.split('\n').find((each) => each.includes(text))
  if (line === undefined) throw new Error(`the README has no line with ${text}`)
  return line
}
