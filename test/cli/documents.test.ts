import { build } from 'esbuild'
import { beforeAll, describe, expect, test } from 'vitest'
import { allBlocks, inlineCommands, ROOT } from '../documents/blocks.ts'
import { comparable } from '../documents/compare.ts'
import { NOT_RUN, reasonNotToRun } from '../documents/not-run.ts'
import { runInSandbox } from '../runtimes/sandbox.ts'

interface Performed {
  readonly status: number | null
  readonly output: string
}

/** Bundled, or each sandbox would read hundreds of files; in a folder as deep as its sources. */
const PERFORM = `${ROOT}/dist/documents/perform.mjs`

beforeAll(async () => {
  const entryPoints = [`${ROOT}/test/documents/perform.ts`]
  await build({ entryPoints, outfile: PERFORM, bundle: true, platform: 'node', format: 'esm', packages: 'external' })
})

const BLOCKS = allBlocks().map((block, index) => ({ ...block, index, name: `${block.page}:${block.line}` }))
const COMMANDS = BLOCKS.flatMap(({ steps }) => steps.map(({ command }) => command))

describe('every command of a document is run', () => {
  test('but for a few that are in the list, each of which is in a document', () => {
    const idle = NOT_RUN.filter(([start]) => !COMMANDS.some((command) => command.startsWith(start)))
    expect(idle).toEqual([])
    expect(COMMANDS.filter((command) => reasonNotToRun(command) === undefined).length).toBeGreaterThan(20)
  })

  const run = BLOCKS.filter(({ steps }) => steps.some(({ command }) => reasonNotToRun(command) === undefined))
  test.each(run)('$name', async ({ index, steps }) => {
    const performed = await perform(String(index))
    for (const [at, { command, shown }] of steps.entries()) {
      const ran = performed[at]
      if (ran == null) continue
      if (shown === undefined) expect(ran, command).toMatchObject({ status: 0 })
      else {
        const { seen, shown: wanted } = comparable(ran.output, shown)
        expect(seen, command).toBe(wanted)
      }
    }
  })

  test('also in the midst of a text: it is no wrong usage', async () => {
    const performed = await perform('inline')
    const commands = inlineCommands()
    expect(performed).toHaveLength(commands.length)
    const wrong = performed.map((ran, at) => [commands[at], ran?.output]).filter(([, output]) => isWrongUsage(output))
    expect(wrong).toEqual([])
  })
})

function isWrongUsage(output = ''): boolean {
  return /there is no command|; see netns-sysctl [a-z]+ --help/.test(output)
}

async function perform(what: string): Promise<readonly (Performed | null)[]> {
  const { status, stdout } = await runInSandbox([process.execPath, PERFORM, what], { isShown: false })
  expect(status, stdout).toBe(0)
  return JSON.parse(stdout) as readonly (Performed | null)[]
}
