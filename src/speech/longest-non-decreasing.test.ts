import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { longestNonDecreasing } from './longest-non-decreasing.ts';

describe('longestNonDecreasing', () => {
  it.each([
    [[], []],
    [[5], [0]],
    [
      [1, 2, 3],
      [0, 1, 2],
    ],
    [[3, 2, 1], [0]],
    [
      [1, 3, 2, 4],
      [0, 1, 3],
    ],
    [
      [1, 1, 1],
      [0, 1, 2],
    ],
    [
      [1, 99, 2, 3],
      [0, 2, 3],
    ],
    [
      [50, 1, 2, 3],
      [1, 2, 3],
    ],
    [
      [1, 2, 0, 3],
      [0, 1, 3],
    ],
  ])('%o keeps positions %o', (values, positions) => {
    expect(longestNonDecreasing(values)).toEqual(positions);
  });

  it('is as long as the best found by trying everything', () => {
    const longest = (values: readonly number[]): number => {
      const best: number[] = [];
      for (const [at, value] of values.entries()) {
        best[at] = 1 + Math.max(0, ...values.slice(0, at).flatMap((v, i) => (v <= value ? (best[i] ?? 0) : [])));
      }
      return Math.max(0, ...best);
    };
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 30 }), (values) => {
        const kept = longestNonDecreasing(values).map((position) => values[position] ?? -1);
        expect(kept).toHaveLength(longest(values));
        expect(kept).toEqual(kept.toSorted((a, b) => a - b));
      }),
    );
  });
});
