import { expect, it } from 'vitest';
import { createThroughputFloor } from './throughput-floor.ts';

it('an endless slow body is told from a slow one, window by window', () => {
  const floor = createThroughputFloor({ minimumBytesPerSecond: 1_000, windowMs: 2_000, startedAtMs: 0 });
  expect(floor.tooSlow(1, 1_999)).toBe(false);
  expect(floor.tooSlow(1_999, 2_000)).toBe(false);
  expect(floor.tooSlow(1_000, 3_000)).toBe(false);
  expect(floor.tooSlow(999, 4_000)).toBe(true);
});
