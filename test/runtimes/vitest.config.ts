import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/runtimes/**/*.test.ts'],
    globalSetup: ['test/runtimes/setup.ts'],
    // The runtimes share /etc/cni/net.d.
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    cache: false,
  },
})
