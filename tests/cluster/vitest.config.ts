import { defineConfig } from 'vitest/config';

/** Run by scripts/test-cluster.sh, which brings up what these need. */
export default defineConfig({
  test: {
    include: ['tests/cluster/*.cluster.ts'],
    // Real servers die and come back here: once more settles what was only a slow machine.
    retry: process.env.CI === undefined ? 0 : 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Everything happens on one stage, in the order of the file.
    fileParallelism: false,
    sequence: { concurrent: false, shuffle: false },
    globalSetup: ['tests/support/prepare-databases.ts'],
  },
});
