import type { Clock } from '../platform/clock/index.ts';
import { portalErrors } from './errors.ts';

/** More than a month of debates; a longer queue is a caller that went wrong. */
const MAX_WAITING = 1000;

/** Runs tasks at a polite pace: so many at once, so long between two starts. First come, first served. */
export interface Pace {
  /** @throws AppError `portal/busy` when too many wait; the signal's reason when aborted while waiting */
  run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

export function createPace({
  clock,
  pauseMs,
  concurrency,
}: {
  clock: Clock;
  pauseMs: number;
  concurrency: number;
}): Pace {
  const waiting: (() => void)[] = [];
  let running = 0;
  let nextStartMs = Number.NEGATIVE_INFINITY;

  async function enter(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (running < concurrency) {
      running += 1;
      return;
    }
    if (waiting.length >= MAX_WAITING) throw portalErrors.error('busy');
    const turn = Promise.withResolvers<void>();
    waiting.push(turn.resolve);
    const giveUp = () => {
      const position = waiting.indexOf(turn.resolve);
      // Not in the queue any more: the turn was given at that very moment, and is taken.
      if (position < 0) return;
      waiting.splice(position, 1);
      turn.reject(signal?.reason);
    };
    signal?.addEventListener('abort', giveUp, { once: true });
    await turn.promise.finally(() => signal?.removeEventListener('abort', giveUp));
  }

  function leave(): void {
    const next = waiting.shift();
    // The place passes to the next one; only without one does it become free.
    if (next === undefined) running -= 1;
    else next();
  }

  async function pause(signal: AbortSignal | undefined): Promise<void> {
    const nowMs = clock.monotonicMs();
    const startMs = Math.max(nowMs, nextStartMs);
    nextStartMs = startMs + pauseMs;
    if (startMs > nowMs) await clock.sleep(startMs - nowMs, signal);
  }

  return {
    async run(task, signal) {
      await enter(signal);
      try {
        await pause(signal);
        return await task();
      } finally {
        leave();
      }
    },
  };
}
