// Finds changes of the code that no test notices: npm run mutate [-- FOLDER…], of plugin/. Exit code 1 below the goal.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { instrument } from './instrument.ts'
import { type Mutant, WORK, type Work } from './work.ts'

const ROOT = join(import.meta.dirname, '../..')

/** The folders that decide what is written and put back; other folders have no goal. */
const FOLDERS = ['commands', 'config', 'policy', 'plan', 'state', 'sysctl']
/** Per cent. */
const GOAL = 95
/** The limit if an endless loop is not found. */
const LONGEST_MS = 4 * 3_600_000

const folders = process.argv.length > 2 ? process.argv.slice(2) : FOLDERS
const { sources, mutants } = await instrument(
  ROOT,
  folders.flatMap((folder) => filesBelow(join('plugin', folder), '.ts')),
)
const survivors = findSurvivors({ sources, mutants })
for (const { file, line, what } of survivors) console.log(`${file}:${line}  ${what}`)
for (const folder of folders) report(folder)

function findSurvivors(own: Pick<Work, 'sources' | 'mutants'>): Mutant[] {
  const tests = ['test/unit', 'test/property'].flatMap((suite) => filesBelow(suite, '.test.ts'))
  const work = mkdtempSync(join(tmpdir(), 'mutants-'))
  const output = join(work, 'survivors')
  writeFileSync(output, '')
  writeFileSync(join(work, 'work'), JSON.stringify({ ...own, tests, output } satisfies Work))
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
  const args = [vitest, 'run', '--config', join(import.meta.dirname, 'vitest.config.ts'), '--reporter=dot']
  const env = { ...process.env, [WORK]: join(work, 'work') }
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    env,
    encoding: 'utf8',
    timeout: LONGEST_MS,
  })
  if (error !== undefined || status !== 0) throw new Error(`${error ?? ''}\n${stdout}${stderr}`)
  const ids = new Set(readFileSync(output, 'utf8').split('\n'))
  rmSync(work, { recursive: true })
  return own.mutants.filter(({ id }) => ids.has(id))
}

function report(folder: string): void {
  const isIn = ({ file }: Mutant) => file.startsWith(`plugin/${folder}/`)
  const [count, left] = [mutants.filter(isIn).length, survivors.filter(isIn).length]
  const score = (1 - left / count) * 100
  console.log(`${folder}: ${score.toFixed(1)} % of ${count} noticed, ${left} not`)
  if (score < GOAL && FOLDERS.includes(folder)) process.exitCode = 1
}

function filesBelow(folder: string, end: string): string[] {
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => name.endsWith(end))
    .sort()
    .map((name) => join(ROOT, folder, name))
}
