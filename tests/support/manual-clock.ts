import type { Clock } from '../../src/platform/clock/index.ts';

export interface ManualClock extends Clock {
  advance(ms: number): void;
  /** What was slept, in ms, in order. */
  readonly slept: readonly number[];
}

/** A clock that stands still, except that a sleep passes at once and moves it by as much. */
export function createManualClock(start: string): ManualClock {
  const startMs = Date.parse(start);
  let elapsedMs = 0;
  const slept: number[] = [];
  return {
    slept,
    now: () => new Date(startMs + elapsedMs),
    monotonicMs: () => elapsedMs,
    advance: (ms) => {
      elapsedMs += ms;
    },
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      slept.push(ms);
      elapsedMs += ms;
    },
  };
}
