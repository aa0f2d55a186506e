import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/{unit,build,property,contract,protocol,netns,tuning,cli}/**/*.test.ts'],
    // It runs the executable some thousand times: test:native has it, and npm run test:faults all of it.
    exclude: process.env.FAULTS === undefined ? ['test/netns/faults.test.ts'] : [],
    globalSetup: ['test/global-setup.ts'],
    // On a loaded machine a test may take many times as long as it does alone.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
})
