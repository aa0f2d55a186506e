import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { readWork } from './work.ts'

const { sources } = readWork()
const ROOT = join(import.meta.dirname, '../..')

export default defineConfig({
  root: ROOT,
  plugins: [
    {
      name: 'mutants',
      enforce: 'pre',
      resolveId(id, importer) {
        // The runner itself has the real ones.
        const isTest =
          importer !== undefined && !importer.includes('/node_modules/') && !importer.includes('/test/mutate/')
        if (isTest && id === 'vitest') return join(import.meta.dirname, 'tests.ts')
        if (isTest && id === 'fast-check') return join(import.meta.dirname, 'fast-check.ts')
        return undefined
      },
      load: (id) => sources[id],
    },
  ],
  // The cache would find a source by its file name, and use that of another run.
  test: { fsModuleCache: false, include: ['test/mutate/kill.test.ts'], testTimeout: 0, isolate: false },
})
