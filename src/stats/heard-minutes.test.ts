import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitsOf, type HeardAt, heardMinutes, MINUTES, rangesOf } from './heard-minutes.ts';

const at = (heardAtMs: number, positionMs: number, deviceId = 'phone'): HeardAt => ({
  heardAtMs,
  positionMs,
  deviceId,
});
const MINUTE = 60_000;

describe('minutes that were heard', () => {
  it.each<[string, HeardAt[], number[]]>([
    ['the beginning ends none', [at(0, 0)], []],
    ['the minute under way', [at(0, 30_000)], [0]],
    ['the minute that ends there', [at(0, MINUTE)], [0]],
    ['played on', [at(0, 10_000), at(2 * MINUTE, 130_000)], [0, 1, 2]],
    ['played on at three times the speed', [at(0, 1_000), at(MINUTE, 180_000)], [0, 1, 2]],
    ['a jump ahead is not heard', [at(0, 1_000), at(MINUTE, 40 * MINUTE)], [0, 39]],
    ['heard again counts once', [at(0, MINUTE), at(MINUTE, 2 * MINUTE), at(2 * MINUTE, MINUTE)], [0, 1]],
    ['too long a silence tells nothing between', [at(0, MINUTE), at(10 * MINUTE, 11 * MINUTE)], [0, 10]],
    ['two devices are not one', [at(0, MINUTE), at(MINUTE, 3 * MINUTE, 'tablet')], [0, 2]],
    ['reports come in any order', [at(2 * MINUTE, 130_000), at(0, 10_000)], [0, 1, 2]],
    ['beyond the end of all sittings', [at(0, 400_000_000)], [MINUTES - 1]],
  ])('%s', (_, reports, minutes) => {
    expect([...heardMinutes(reports)].sort((a, b) => a - b)).toEqual(minutes);
  });

  it('are the same said twice, and never fewer with more reports', () => {
    const report = fc.record({
      heardAtMs: fc.integer({ min: 0, max: 3_600_000 }),
      positionMs: fc.integer({ min: 0, max: 10_000_000 }),
      deviceId: fc.constantFrom('phone', 'tablet'),
    });
    fc.assert(
      fc.property(fc.array(report, { maxLength: 20 }), (reports) => {
        const heard = heardMinutes(reports);
        expect(heardMinutes([...reports, ...reports])).toEqual(heard);
        const own = reports.filter(({ positionMs }) => positionMs > 0);
        for (const { positionMs } of own) expect(heard).toContain(Math.floor((positionMs - 1) / MINUTE));
      }),
    );
  });

  it('are written in hexadecimal digits and read as ranges', () => {
    expect(bitsOf(new Set([0, 1, 2, 5, MINUTES - 1]))).toBe(`xe4${'0'.repeat(MINUTES / 4 - 3)}1`);
    expect(rangesOf(`111001${'0'.repeat(MINUTES - 7)}1`)).toEqual([
      [0, 2],
      [5, 5],
      [MINUTES - 1, MINUTES - 1],
    ]);
  });
});
