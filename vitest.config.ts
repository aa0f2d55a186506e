import { defineConfig } from 'vitest/config'

const all = (...suites: readonly string[]) => suites.map((suite) => `test/${suite}/**/*.test.ts`)

/** Slow ones: npm run test:long. What they are about, `npm test` has with fewer inputs, or in memory. */
const LONG = [
  'build/{mirror,sources}',
  'cli/{documents,install-executable,install-standing,kubernetes-daemonset,lint,uninstall-watcher,watch-agents}',
  'netns/{allowlist,apply-attachments,conf-examples,data-dir,environment-each,gc,hostile-names,kill,kill-calls}',
  'netns/{odd-nodes,pod-attacks,pod-forgery,races}',
  'netns/{inherit-everything,inherit-order,inherit-refused,link-refusals,link-sources,link-undo}',
  'netns/{shape-sweep,sweep,undo-attachments}',
  'protocol/{executable,hostile-texts}',
  'tuning/*',
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
