import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    // An embedded database takes up to 5 s to start on two busy cores.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A shared machine may stall a process that a test times from outside; what fails twice is broken.
    retry: process.env.CI === undefined ? 0 : 1,
    pool: 'forks',
    // Tests wait for processes and databases as much as they compute.
    maxWorkers: 2,
    globalSetup: ['tests/support/prepare-databases.ts'],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/**/*.test.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 90 },
    },
  },
});
