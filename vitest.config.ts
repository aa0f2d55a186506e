import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/{unit,property,protocol,netns,tuning,cli}/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
  },
})
