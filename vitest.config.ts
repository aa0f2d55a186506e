import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/{unit,property,protocol,netns}/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
  },
})
