import { describe, expect, it } from 'vitest';
import { HALF_LIFE_HOURS, scoreOf, TREND_WINDOWS, trendOf } from './trend.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const later = (hours: number): Date => new Date(NOW.getTime() + hours * 3_600_000);

describe('the weight of plays', () => {
  it.each(TREND_WINDOWS)('is their number at first and a quarter after a %s', (window) => {
    const trend = trendOf(8, window, NOW);
    expect(scoreOf(trend, window, NOW)).toBeCloseTo(8, 6);
    expect(scoreOf(trend, window, later(HALF_LIFE_HOURS[window]))).toBeCloseTo(4, 6);
    expect(scoreOf(trend, window, later(2 * HALF_LIFE_HOURS[window]))).toBeCloseTo(2, 6);
  });

  it('orders old and new plays by their weight of any moment, without looking at the clock', () => {
    const many = trendOf(100, 'day', NOW);
    const fewLater = trendOf(10, 'day', later(48));
    expect(fewLater).toBeGreaterThan(many);
    for (const hours of [48, 500]) {
      expect(scoreOf(fewLater, 'day', later(hours))).toBeGreaterThan(scoreOf(many, 'day', later(hours)));
    }
  });
});
