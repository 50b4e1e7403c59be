import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clampToPresent, type Heard, mergePositions, type Position, positionOf } from './merge-positions.ts';

/** Few values of each, so that ties and near misses come up. */
const few = fc.integer({ min: 0, max: 3 });
const heard: fc.Arbitrary<Heard> = fc.record({
  positionMs: few,
  finished: fc.boolean(),
  deviceId: fc.constantFrom('phone', 'tablet', 'Tablet'),
  recordedAtMs: few,
  heardAtMs: few,
});
const said = fc.tuple(heard, fc.option(few));
const position: fc.Arbitrary<Position> = fc
  .array(said, { minLength: 1, maxLength: 6 })
  .map((reports) => reports.map(([one, durationMs]) => positionOf(one, durationMs)).reduce(mergePositions));

describe('merging positions', () => {
  it('does not depend on who is heard first', () => {
    fc.assert(
      fc.property(position, position, (a, b) => {
        expect(mergePositions(a, b)).toEqual(mergePositions(b, a));
      }),
    );
  });

  it('does not depend on how reports are grouped', () => {
    fc.assert(
      fc.property(position, position, position, (a, b, c) => {
        expect(mergePositions(mergePositions(a, b), c)).toEqual(mergePositions(a, mergePositions(b, c)));
      }),
    );
  });

  it('does not change by hearing the same twice', () => {
    fc.assert(
      fc.property(position, position, (a, b) => {
        expect(mergePositions(a, a)).toEqual(a);
        const both = mergePositions(a, b);
        expect(mergePositions(both, a)).toEqual(both);
      }),
    );
  });

  it('never loses the latest, the furthest, the longest or the end', () => {
    fc.assert(
      fc.property(fc.array(said, { minLength: 1, maxLength: 12 }), (reports) => {
        const merged = reports.map(([one, durationMs]) => positionOf(one, durationMs)).reduce(mergePositions);
        const all = reports.map(([one]) => one);
        expect(merged.latest.heardAtMs).toBe(Math.max(...all.map((one) => one.heardAtMs)));
        expect(all).toContainEqual(merged.latest);
        expect(merged.furthestMs).toBe(Math.max(...all.map((one) => one.positionMs)));
        const durations = reports.flatMap(([, durationMs]) => durationMs ?? []);
        expect(merged.durationMs).toBe(durations.length > 0 ? Math.max(...durations) : null);
        const ends = all.filter((one) => one.finished).map((one) => one.heardAtMs);
        expect(merged.finishedAtMs).toBe(ends.length > 0 ? Math.max(...ends) : null);
      }),
    );
  });

  it.each([
    ['in the past', 5, 10, 5],
    ['now', 10, 10, 10],
    ['in the future', 15, 10, 10],
  ])('believes a clock %s no further than the present', (_, recordedAtMs, receivedAtMs, believed) => {
    expect(clampToPresent(recordedAtMs, receivedAtMs)).toBe(believed);
  });
});
