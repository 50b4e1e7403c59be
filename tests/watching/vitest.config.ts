import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Tests that start Prometheus, its exporters and an Alertmanager: `scripts/check-watching.sh`. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '../..'),
    include: ['tests/watching/*.live.ts'],
    // One of them starts ten servers and waits for what they tell each other.
    testTimeout: 150_000,
    hookTimeout: 150_000,
    fileParallelism: false,
    globalSetup: ['tests/support/prepare-databases.ts'],
  },
});
