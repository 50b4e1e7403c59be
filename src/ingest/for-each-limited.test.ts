import { expect, test } from 'vitest';
import { forEachLimited } from './for-each-limited.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('each item is worked on once, never more than the limit at a time', async () => {
  let under = 0;
  let most = 0;
  const done: number[] = [];
  await forEachLimited([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    under += 1;
    most = Math.max(most, under);
    await turn();
    under -= 1;
    done.push(item);
  });
  expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(most).toBe(3);
});

test('a failure is thrown when all that had started has ended, so that nothing goes on behind the caller', async () => {
  let under = 0;
  const work = forEachLimited([1, 2, 3], 3, async (item) => {
    under += 1;
    if (item === 1) throw new Error('first');
    await turn();
    under -= 1;
  });
  await expect(work).rejects.toThrow('first');
  expect(under).toBe(1);
});
