import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, fits, type Policy } from './window.ts';

const policy: Policy = { name: 'lists', quota: 100, windowSeconds: 60 };

describe('the sliding window', () => {
  it.each([
    ['nothing yet', { current: 0, previous: 0, elapsedMs: 0 }, true],
    ['one left', { current: 99, previous: 0, elapsedMs: 0 }, true],
    ['none left', { current: 100, previous: 0, elapsedMs: 59_999 }, false],
    ['a full window just before', { current: 0, previous: 100, elapsedMs: 0 }, false],
    ['a full window before, half gone', { current: 49, previous: 100, elapsedMs: 30_000 }, true],
    ['a full window before, half gone, the other half used', { current: 50, previous: 100, elapsedMs: 30_000 }, false],
  ])('%s', (_, count, expected) => {
    expect(fits(count, policy)).toBe(expected);
  });

  it.each([
    ['taken', true, { current: 1, previous: 0, elapsedMs: 15_000 }, { remaining: 99, resetSeconds: 45 }],
    ['taken, the last', true, { current: 100, previous: 0, elapsedMs: 15_000 }, { remaining: 0, resetSeconds: 45 }],
    ['refused by the window before', false, { current: 0, previous: 100, elapsedMs: 0 }, { resetSeconds: 1 }],
    ['refused by both', false, { current: 50, previous: 100, elapsedMs: 30_000 }, { resetSeconds: 1 }],
    ['refused by its own window', false, { current: 100, previous: 0, elapsedMs: 20_000 }, { resetSeconds: 41 }],
  ])('says what remains and how long to wait: %s', (_, allowed, count, expected) => {
    expect(decide(allowed, count, policy)).toMatchObject({ allowed, ...expected });
  });

  it('never makes a refused client wait too little', () => {
    const counts = fc.record({
      current: fc.integer({ min: 0, max: 100 }),
      previous: fc.integer({ min: 0, max: 100 }),
      elapsedMs: fc.integer({ min: 0, max: 59_999 }),
    });
    fc.assert(
      fc.property(counts, (count) => {
        if (fits(count, policy)) return;
        const laterMs = count.elapsedMs + decide(false, count, policy).resetSeconds * 1000;
        const later =
          laterMs < 60_000
            ? { ...count, elapsedMs: laterMs }
            : { current: 0, previous: count.current, elapsedMs: laterMs - 60_000 };
        expect(fits(later, policy)).toBe(true);
      }),
    );
  });
});
