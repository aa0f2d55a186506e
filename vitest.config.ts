import { defineConfig } from 'vitest/config'

const all = (...suites: readonly string[]) => suites.map((suite) => `test/${suite}/**/*.test.ts`)

/** Each starts the executable some fifty times or more: npm run test:long. `npm test` has what they are about once, or in memory. */
const LONG = [
  'cli/{documents,install-executable,watch-agents}',
  'netns/{data-dir,environment-each,gc,hostile-names,inherit-everything,inherit-order,kill,kill-calls,link-sources}',
  'netns/{pod-attacks,pod-forgery,races,shape-sweep,sweep,undo-attachments}',
  'protocol/executable',
  'tuning/{drop-in,table}',
].map((name) => `test/${name}.test.ts`)

/** Some thousand times: test:native has it, and npm run test:faults all of it. */
const FAULTS = process.env.FAULTS === undefined ? ['test/netns/faults.test.ts'] : []

const project = (name: string, include: readonly string[], exclude: readonly string[] = []) => ({
  test: {
    name,
    include: [...include],
    exclude: [...exclude],
    // A process for each file would take longer than its tests.
    isolate: false,
    // On a loaded machine a test may take many times as long as it does alone.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
})

export default defineConfig({
  test: {
    globalSetup: ['test/global-setup.ts'],
    // The tests wait for the kernel most of the time; by default two cores have one worker.
    maxWorkers: 3,
    projects: [
      project('memory', all('unit', 'property')),
      project('machine', all('build', 'contract', 'protocol', 'netns', 'tuning', 'cli'), [...LONG, ...FAULTS]),
      project('long', LONG),
    ],
  },
})
