import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { Mutant } from './work.ts'

/** It needs 160 packages, which nothing else needs: so it is loaded only here. */
const INSTRUMENTER = '@stryker-mutator/instrumenter'

/** The parts of it that are used. */
interface Stryker {
  readonly Instrumenter: new (
    logger: unknown,
  ) => {
    instrument(
      files: readonly { readonly name: string; readonly content: string; readonly mutate: boolean }[],
      options: unknown,
    ): Promise<{ readonly files: readonly Source[]; readonly mutants: readonly Replaced[] }>
  }
}

interface Source {
  readonly name: string
  readonly content: string
}

interface Replaced {
  readonly id: string
  readonly fileName: string
  /** Lines from 0. */
  readonly location: { readonly start: { readonly line: number } }
  readonly replacement: string
  readonly mutatorName: string
}

/** Adds every mutant to the sources, each behind a switch that is off. */
export async function instrument(
  root: string,
  paths: readonly string[],
): Promise<{ sources: Record<string, string>; mutants: Mutant[] }> {
  const { Instrumenter } = (await import(INSTRUMENTER)) as Stryker
  const files = paths.map((name) => ({ name, content: readFileSync(name, 'utf8'), mutate: true }))
  const options = { excludedMutations: [], ignorers: [], plugins: null, noHeader: false }
  const result = await new Instrumenter(quietLogger()).instrument(files, options)
  const mutants = result.mutants.map(({ id, fileName, location, replacement, mutatorName }) => ({
    id,
    file: relative(root, fileName),
    line: location.start.line + 1,
    what: `${mutatorName}: ${replacement.replace(/\s+/g, ' ').slice(0, 80)}`,
  }))
  return { sources: Object.fromEntries(result.files.map(({ name, content }) => [name, content])), mutants }
}

/** A logger that is off. */
function quietLogger(): unknown {
  return new Proxy({}, { get: () => () => false })
}
