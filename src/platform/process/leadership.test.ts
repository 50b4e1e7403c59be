import { describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../clock/index.ts';
import { leadWhenElected, runPeriodically } from './index.ts';

/** Time that passes as soon as somebody waits for it. */
const quick: Clock = { ...systemClock, sleep: async (_ms, signal) => signal?.throwIfAborted() };

describe('leadership', () => {
  it('is tried again until the lock is free, and released with the signal', async () => {
    const stop = new AbortController();
    const answers = [null, null, { release: async () => void released.push(1), lost: new AbortController().signal }];
    const released: number[] = [];
    await leadWhenElected({
      tryLock: async () => answers.shift() ?? null,
      lead: async (signal) => {
        stop.abort();
        expect(signal.aborted).toBe(true);
      },
      clock: quick,
      signal: stop.signal,
      onError: () => undefined,
    });
    expect(answers).toEqual([]);
    expect(released).toEqual([1]);
  });

  it('ends with the lock, and is taken again when it is free again; errors are reported', async () => {
    const stop = new AbortController();
    const errors: unknown[] = [];
    let terms = 0;
    await leadWhenElected({
      tryLock: async () => {
        if (terms === 1 && errors.length === 0) throw new Error('database away');
        const lost = new AbortController();
        lost.abort();
        return { release: async () => undefined, lost: lost.signal };
      },
      lead: async (signal) => {
        expect(signal.aborted).toBe(true);
        terms += 1;
        if (terms === 2) stop.abort();
      },
      clock: quick,
      signal: stop.signal,
      onError: (error) => errors.push(error),
    });
    expect(terms).toBe(2);
    expect(errors).toHaveLength(1);
  });
});

describe('periodic tasks', () => {
  it('run again after a failure, each alone with itself, until the signal', async () => {
    const stop = new AbortController();
    const failures: string[] = [];
    const ends: unknown[] = [];
    let runs = 0;
    let inside = 0;
    await runPeriodically(
      [
        {
          name: 'count',
          everySeconds: 60,
          run: async () => {
            inside += 1;
            expect(inside).toBe(1);
            runs += 1;
            await Promise.resolve();
            inside -= 1;
            if (runs === 2) throw new Error('once');
            if (runs === 4) stop.abort();
          },
        },
      ],
      {
        clock: quick,
        signal: stop.signal,
        onError: (task) => failures.push(task),
        onEnd: ({ task, failed }) => ends.push([task, failed]),
      },
    );
    expect(runs).toBe(4);
    expect(failures).toEqual(['count']);
    expect(ends).toEqual([
      ['count', false],
      ['count', true],
      ['count', false],
      ['count', false],
    ]);
  });
});
