import { appendFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import type { Collected } from './tests.ts'
import { type Mutant, readWork } from './work.ts'

const work = readWork()

/** The variable that the switches in the sources read, and their counters: INSTRUMENTER_CONSTANTS of Stryker's. */
interface Switches {
  activeMutant?: string | undefined
  currentTestId?: string | undefined
  hitCount?: number | undefined
  hitLimit?: number
  mutantCoverage?: { static: Counts; perTest: Record<string, Counts> }
}
type Counts = Record<string, number>

const holder = globalThis as unknown as { __stryker__?: Switches }
holder.__stryker__ ??= {}
const switches = holder.__stryker__

/** A test and its result without a mutant. */
interface Known extends Collected {
  readonly id: string
  readonly file: string
  readonly time: number
}

/** The tests of a file, which has the same tests.ts, also after vi.resetModules(). */
async function load(file: string): Promise<Collected[]> {
  const { collect } = await import('./tests.ts')
  return collect(() => import(/* @vite-ignore */ file))
}

/** Whether a test notices the active mutant, or does not end with it. */
async function fails({ run }: Collected): Promise<boolean> {
  try {
    await run()
    return false
  } catch {
    return true
  }
}

/** Runs every test once, without a mutant. */
async function learn(): Promise<Known[]> {
  const known: Known[] = []
  for (const file of work.tests) {
    switches.currentTestId = undefined
    for (const each of await load(file)) {
      const id = `${file} ${each.name}`
      switches.currentTestId = id
      const begin = performance.now()
      expect([id, await fails(each)]).toEqual([id, false])
      known.push({ ...each, id, file, time: performance.now() - begin })
    }
  }
  switches.currentTestId = undefined
  return known.sort((a, b) => a.time - b.time)
}

test('mutants', async () => {
  const known = await learn()
  const { static: atLoad, perTest } = structuredClone(switches.mutantCoverage) ?? { static: {}, perTest: {} }
  for (const mutant of work.mutants) {
    const tests = known.filter((each) => perTest[each.id]?.[mutant.id] !== undefined)
    if (await isNoticed(mutant, nearFirst(mutant, tests), perTest)) continue
    // If one test alone reaches it, what it makes may have been kept since that test's first run, as lazySchema() does.
    const mayRunOnce = atLoad[mutant.id] !== undefined || tests.length === 1
    if (mayRunOnce && (await isNoticedInNewModules(mutant, filesFor(mutant, known, perTest)))) continue
    appendFileSync(work.output, `${mutant.id}\n`)
  }
})

/** The tests of the mutant's own folder notice most. */
function nearFirst({ file }: Mutant, tests: readonly Known[]): Known[] {
  const isNear = (each: Known) => each.file.includes(`/unit/${folderOf(file)}/`)
  return [...tests.filter(isNear), ...tests.filter((each) => !isNear(each))]
}

/** How many times more often a mutant may be reached than without it, until it counts as an endless loop. */
const MOST_HITS = 100

async function isNoticed({ id }: Mutant, tests: readonly Known[], perTest: Record<string, Counts>): Promise<boolean> {
  switches.activeMutant = id
  try {
    for (const each of tests) {
      switches.hitCount = 0
      switches.hitLimit = MOST_HITS * (perTest[each.id]?.[id] ?? 0) + 1000
      if (await fails(each)) return true
    }
    return false
  } finally {
    switches.activeMutant = undefined
    switches.hitCount = undefined
  }
}

/** The test files that reach the mutant's source file: those of its own folder, and the properties. All files would take too long. */
function filesFor({ file }: Mutant, known: readonly Known[], perTest: Record<string, Counts>): string[] {
  const near = known.filter(
    (each) => each.file.includes(`/unit/${folderOf(file)}/`) || each.file.includes('/property/'),
  )
  const beside = work.mutants.filter((each) => each.file === file)
  const reaching = near.filter(({ id }) => beside.some((mutant) => perTest[id]?.[mutant.id] !== undefined))
  const files = [...new Set(reaching.map((each) => each.file))]
  return files.sort((a, b) => Number(a.includes('/property/')) - Number(b.includes('/property/')))
}

function folderOf(file: string): string {
  return file.split('/')[1] ?? ''
}

/** Code that runs when a file is loaded, or once after that, runs again. */
async function isNoticedInNewModules({ id }: Mutant, files: readonly string[]): Promise<boolean> {
  switches.activeMutant = id
  try {
    for (const file of files) {
      vi.resetModules()
      for (const each of await load(file)) if (await fails(each)) return true
    }
    return false
  } catch {
    return true
  } finally {
    switches.activeMutant = undefined
  }
}
