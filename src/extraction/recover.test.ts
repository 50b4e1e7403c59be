import { expect, it } from 'vitest';
import { MAX_ATTEMPTS } from './chain.ts';
import { decideLost } from './recover.ts';

const asked = new Date();

it.each([
  ['is given to the next worker', 1, null, 'lose'],
  ['is given to the next worker a bounded number of times', MAX_ATTEMPTS, null, 'fail'],
  ['is over when somebody had cancelled it', 1, asked, 'cancel'],
  ['is cancelled rather than failed', MAX_ATTEMPTS, asked, 'cancel'],
])('a run whose worker is gone %s', (_name, attempts, cancelRequestedAt, decision) => {
  expect(decideLost({ attempts, cancelRequestedAt })).toBe(decision);
});
