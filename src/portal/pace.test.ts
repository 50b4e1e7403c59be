import { expect, test } from 'vitest';
import { createManualClock } from '../../tests/support/manual-clock.ts';
import { createPace } from './pace.ts';

const clockAt = () => createManualClock('2026-10-07T06:00:00Z');

test('starts are at least the pause apart, and no pause is taken when that much time has passed', async () => {
  const clock = clockAt();
  const pace = createPace({ clock, pauseMs: 300, concurrency: 2 });
  const starts: number[] = [];
  const task = async () => void starts.push(clock.monotonicMs());
  await pace.run(task);
  await pace.run(task);
  clock.advance(100);
  await pace.run(task);
  clock.advance(10_000);
  await pace.run(task);
  expect(starts).toEqual([0, 300, 600, 10_600]);
  expect(clock.slept).toEqual([300, 200]);
});

test('never more at once than allowed, in the order of asking, and a failure frees its place', async () => {
  const pace = createPace({ clock: clockAt(), pauseMs: 0, concurrency: 2 });
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const started: number[] = [];
  const runs = gates.map((gate, index) =>
    pace.run(async () => {
      started.push(index);
      await gate.promise;
    }),
  );
  const settled = Promise.allSettled(runs);
  await flush();
  expect(started).toEqual([0, 1]);
  gates[1]?.reject(new Error('broken'));
  await flush();
  expect(started).toEqual([0, 1, 2]);
  for (const gate of gates) gate.resolve();
  expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect(started).toEqual([0, 1, 2, 3]);
});

test('who gives up while waiting leaves the queue and is never run', async () => {
  const pace = createPace({ clock: clockAt(), pauseMs: 0, concurrency: 1 });
  const gate = Promise.withResolvers<void>();
  const first = pace.run(() => gate.promise);
  const abort = new AbortController();
  let ran = false;
  const second = pace.run(async () => {
    ran = true;
  }, abort.signal);
  const third = pace.run(async () => 'third');
  abort.abort(new Error('no longer wanted'));
  await expect(second).rejects.toThrow('no longer wanted');
  gate.resolve();
  await first;
  expect(await third).toBe('third');
  expect(ran).toBe(false);
  await expect(pace.run(async () => 'never', AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
});

test('the queue is bounded', async () => {
  const pace = createPace({ clock: clockAt(), pauseMs: 0, concurrency: 1 });
  const gate = Promise.withResolvers<void>();
  const runs = Array.from({ length: 1001 }, () => pace.run(() => gate.promise));
  await expect(pace.run(async () => 'one too many')).rejects.toMatchObject({ code: 'portal/busy' });
  gate.resolve();
  await Promise.all(runs);
});

/** Lets every promise that can settle now do so. */
async function flush(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
