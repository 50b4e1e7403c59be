import { setTimeout as delay } from 'node:timers/promises';

/** Time as the product sees it, handed in so that tests decide what time it is. */
export interface Clock {
  /** Wall time. */
  now(): Date;
  /** Milliseconds that never go backwards, for measuring durations. */
  monotonicMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal ? { signal } : {});
  },
};

export {
  addDays,
  findFrenchDay,
  fromParis,
  fromParisStamp,
  isDay,
  type ParisTime,
  parisDay,
  toParisIso,
} from './paris-time.ts';
