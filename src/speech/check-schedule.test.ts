import { describe, expect, it } from 'vitest';
import { nextCheckAt } from './check-schedule.ts';

const ENDED = new Date('2026-10-06T22:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('nextCheckAt', () => {
  it.each([
    ['just after the end', 0, false, 30 * MINUTE],
    ['the same evening', 5 * HOUR, false, 30 * MINUTE],
    ['the next day', DAY, false, 3 * HOUR],
    ['the next day, though all is there: it may be corrected', DAY, true, 3 * HOUR],
    ['a week later', 7 * DAY, false, DAY],
    ['a month later', 30 * DAY, false, 7 * DAY],
    ['three weeks later with all there', 21 * DAY, true, null],
    ['two months later', 60 * DAY, false, null],
    ['years later', 1_000 * DAY, false, null],
  ])('%s', (_case, ageMs, complete, pauseMs) => {
    const checkedAt = new Date(ENDED.getTime() + ageMs);
    const next = nextCheckAt({ live: false, endedAt: ENDED, checkedAt, complete });
    expect(next).toEqual(pauseMs === null ? null : new Date(checkedAt.getTime() + pauseMs));
  });

  it('is a minute away while the sitting is on the air, however long it lasts', () => {
    const checkedAt = new Date(ENDED.getTime() + 100 * DAY);
    const next = nextCheckAt({ live: true, endedAt: ENDED, checkedAt, complete: true });
    expect(next?.getTime()).toBe(checkedAt.getTime() + MINUTE);
  });

  it('asks fewer than fifty times in all', () => {
    let looks = 0;
    let at: Date | null = ENDED;
    while (at !== null) {
      looks += 1;
      at = nextCheckAt({ live: false, endedAt: ENDED, checkedAt: at, complete: false });
    }
    expect(looks).toBeGreaterThan(20);
    expect(looks).toBeLessThan(50);
  });
});
