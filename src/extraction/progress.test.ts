import { describe, expect, it } from 'vitest';
import { type Advance, createEtaEstimator, percentOf } from './progress.ts';

describe('percent of a run', () => {
  it.each<[Advance, number | null]>([
    [{ step: 'fetching', doneBytes: 0, totalBytes: 200 }, 0],
    [{ step: 'fetching', doneBytes: 100, totalBytes: 200 }, 45],
    [{ step: 'fetching', doneBytes: 300, totalBytes: 200 }, 90],
    [{ step: 'fetching', doneBytes: 100, totalBytes: null }, null],
    [{ step: 'fetching', doneBytes: 9, totalBytes: null, doneSeconds: 30, totalSeconds: 60 }, 45],
    [{ step: 'fetching', doneBytes: 0, totalBytes: 0 }, null],
    [{ step: 'copying', doneSeconds: 30, totalSeconds: 60 }, 92.5],
    [{ step: 'copying', doneSeconds: 30, totalSeconds: null }, null],
    [{ step: 'verifying', doneBytes: 50, totalBytes: 100 }, 97],
    [{ step: 'publishing' }, 99],
  ])('%j is %s', (advance, percent) => {
    expect(percentOf(advance)).toBe(percent);
  });
});

describe('time left', () => {
  it('comes from how fast the percentage grew', () => {
    const eta = createEtaEstimator();
    expect(eta.secondsLeft(0, 0)).toBeNull();
    expect(eta.secondsLeft(5, 1_000)).toBeNull();
    expect(eta.secondsLeft(10, 2_000)).toBe(18);
  });

  it('forgets how fast the line was before', () => {
    const eta = createEtaEstimator();
    eta.secondsLeft(0, 0);
    eta.secondsLeft(50, 10_000);
    expect(eta.secondsLeft(60, 30_000)).toBe(80);
  });

  it('is unknown without a percentage, without growth, and after a step back', () => {
    const eta = createEtaEstimator();
    eta.secondsLeft(40, 0);
    expect(eta.secondsLeft(null, 2_000)).toBeNull();
    expect(eta.secondsLeft(40, 3_000)).toBeNull();
    expect(eta.secondsLeft(10, 5_000)).toBeNull();
    expect(eta.secondsLeft(20, 7_000)).toBe(16);
  });
});
