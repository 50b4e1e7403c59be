import { expect, test } from 'vitest';
import { createLane } from './lane.ts';

test('as many at once as the lane is wide, the others in the order they came, and no more than may wait', async () => {
  const lane = createLane({ width: 2, waiting: 2 });
  const started: number[] = [];
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const results = gates.map(({ promise }, index) =>
    lane.run(async () => {
      started.push(index);
      await promise;
      return index;
    }),
  );
  expect(started).toEqual([0, 1]);
  expect(await results[4], 'nobody waits behind those who wait').toBeNull();
  gates[1]?.resolve();
  expect(await results[1]).toBe(1);
  expect(started).toEqual([0, 1, 2]);
  for (const gate of gates) gate.resolve();
  expect(await Promise.all(results)).toEqual([0, 1, 2, 3, null]);
  expect(await lane.run(async () => 'free again')).toBe('free again');
});

test('work that fails gives its place to the next', async () => {
  const lane = createLane({ width: 1, waiting: 1 });
  const failing = lane.run(() => Promise.reject(new Error('no')));
  const next = lane.run(async () => 'next');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('next');
});
