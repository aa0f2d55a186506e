import { defineConfig } from 'vitest/config'

/** Every test that runs the executable, with another executable. */
const suitesWith = (name: string, exclude: readonly string[] = []) => ({
  test: {
    name,
    include: ['test/{protocol,netns,tuning,cli}/**/*.test.ts'],
    exclude: [...exclude],
    env: { NETNS_SYSCTL: `dist/netns-sysctl-${name}` },
    isolate: false,
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
      { test: { name: 'engines', include: ['test/native/*.test.ts'], testTimeout: 600_000 } },
      suitesWith('native'),
      // System calls and output are the same with every build of the same sources, and this one needs the
      // sanitizers' libraries instead of those that the tests remove.
      suitesWith('sanitized', [
        'test/netns/faults.test.ts',
        'test/cli/documents.test.ts',
        'test/cli/install-runs.test.ts',
      ]),
    ],
  },
})
