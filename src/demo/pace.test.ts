import { describe, expect, it } from 'vitest';
import { createPace } from './pace.ts';

describe('the pace of a capped connection', () => {
  it('lets bytes leave only when the time they take has passed', () => {
    const pace = createPace(1000, 5000);
    expect(pace.waitMs(100, 5000)).toBe(100);
    expect(pace.waitMs(100, 5100)).toBe(100);
  });

  it('catches up what a late timer lost, so that the average holds', () => {
    const pace = createPace(1000, 0);
    expect(pace.waitMs(20, 0)).toBe(20);
    expect(pace.waitMs(20, 35)).toBe(5);
  });

  it('does not let a client that paused make up for more than 50 ms', () => {
    const pace = createPace(1000, 0);
    expect(pace.waitMs(100, 60_000)).toBe(50);
  });
});
