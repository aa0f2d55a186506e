import { defineConfig } from 'vitest/config'

// On a loaded machine a test may take many times as long as it does alone.
const timeouts = { testTimeout: 600_000, hookTimeout: 600_000 }

export default defineConfig({
  test: {
    globalSetup: ['test/global-setup.ts'],
    // The tests wait for the kernel most of the time; by default two cores have one worker.
    maxWorkers: 3,
    projects: [
      // A process for each file would take longer than its tests.
      { test: { name: 'memory', include: ['test/{unit,property}/**/*.test.ts'], isolate: false, ...timeouts } },
      {
        test: {
          name: 'machine',
          include: ['test/{build,contract,protocol,netns,tuning,cli}/**/*.test.ts'],
          // It runs the executable some thousand times: test:native has it, and npm run test:faults all of it.
          exclude: process.env.FAULTS === undefined ? ['test/netns/faults.test.ts'] : [],
          ...timeouts,
        },
      },
    ],
  },
})
