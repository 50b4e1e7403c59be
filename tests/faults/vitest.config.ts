import { defineConfig } from 'vitest/config';

/** Run by scripts/faults.sh, which brings the servers. */
export default defineConfig({
  test: {
    include: ['tests/faults/*.fault.ts'],
    // Real servers die and come back here: once more settles what was only a slow machine.
    retry: process.env.CI === undefined ? 0 : 1,
    testTimeout: 240_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // They wait for timeouts more than they compute.
    maxWorkers: 3,
    globalSetup: ['tests/support/prepare-databases.ts'],
  },
});
