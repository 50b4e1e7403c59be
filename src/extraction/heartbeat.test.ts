import { describe, expect, it } from 'vitest';
import type { Clock } from '../platform/clock/index.ts';
import type { Db, Trx } from '../platform/database/index.ts';
import type { NewEvent } from '../platform/events/index.ts';
import { ClaimLost, type Heartbeat, RunCancelled, startHeartbeat } from './heartbeat.ts';
import type { Run } from './run.ts';
import type { Measure, RunStore } from './store.ts';

const run = { id: 'r', debateId: 'd', state: 'running' } as Run;

/** A heart that beats when the test says so, over a store that only writes down what it is told. */
function heart(answer: () => Partial<Run> | null | Error = () => ({})) {
  let nowMs = 0;
  let wake: () => void = () => undefined;
  const clock: Clock = {
    now: () => new Date(nowMs),
    monotonicMs: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        wake = () => {
          nowMs += ms;
          resolve();
        };
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
  };
  const beats: (Measure | null)[] = [];
  const told: NewEvent[] = [];
  const errors: unknown[] = [];
  const beaten: (() => void)[] = [];
  const store = {
    beat: async (_trx: Trx, _id: string, _worker: string, measure: Measure | null) => {
      beats.push(measure);
      const said = answer();
      if (said instanceof Error) throw said;
      return said === null ? null : { ...run, cancelRequestedAt: null, ...said };
    },
  } as unknown as RunStore;
  const db = {
    transaction: () => ({
      execute: async (work: (trx: Trx) => Promise<unknown>) => {
        try {
          return await work({} as Trx);
        } finally {
          setImmediate(() => beaten.shift()?.());
        }
      },
    }),
  } as unknown as Db;
  const events = { append: async (_trx: Trx, event: NewEvent) => void told.push(event) };
  const heartbeat: Heartbeat = startHeartbeat({
    run,
    workerId: 'w',
    db,
    store,
    events,
    clock,
    onError: (error) => errors.push(error),
  });
  const beat = async (times = 1): Promise<void> => {
    for (let n = 0; n < times && !heartbeat.signal.aborted; n += 1) {
      const done = new Promise<void>((resolve) => beaten.push(resolve));
      wake();
      await done;
    }
  };
  return { heartbeat, beat, beats, told, errors };
}

describe('the heartbeat of a run', () => {
  it('writes once a second, however often the work reports, with the last measure', async () => {
    const { heartbeat, beat, beats } = heart();
    await beat();
    for (let done = 0; done <= 500; done += 1)
      heartbeat.report('mp3', { step: 'fetching', doneBytes: done, totalBytes: 1_000 });
    await beat();
    await heartbeat.stop();
    expect(beats).toEqual([
      null,
      {
        sourceKind: 'mp3',
        advance: { step: 'fetching', doneBytes: 500, totalBytes: 1_000 },
        percent: 45,
        etaSeconds: null,
      },
    ]);
  });

  it('tells of progress every five seconds', async () => {
    const { heartbeat, beat, told } = heart();
    heartbeat.report('mp3', { step: 'fetching', doneBytes: 1, totalBytes: 10 });
    await beat(11);
    await heartbeat.stop();
    expect(told.map((event) => event.channel)).toEqual(['extractions', 'extractions']);
    expect(new Set(told.map((event) => event.type))).toEqual(new Set(['extraction_progress']));
  });

  it('learns that the run is no longer wanted', async () => {
    const { heartbeat, beat } = heart(() => ({ cancelRequestedAt: new Date() }));
    await beat();
    expect(heartbeat.signal.reason).toBeInstanceOf(RunCancelled);
    await heartbeat.stop();
  });

  it('learns that the run is another’s', async () => {
    const { heartbeat, beat } = heart(() => null);
    await beat();
    expect(heartbeat.signal.reason).toBeInstanceOf(ClaimLost);
    await heartbeat.stop();
  });

  it('bears with a database that is away, but gives the run up before others take it for lost', async () => {
    const { heartbeat, beat, errors } = heart(() => new Error('no database'));
    await beat(11);
    expect(heartbeat.signal.aborted).toBe(false);
    await beat();
    expect(heartbeat.signal.reason).toBeInstanceOf(ClaimLost);
    expect(errors).toHaveLength(12);
    await heartbeat.stop();
  });
});
