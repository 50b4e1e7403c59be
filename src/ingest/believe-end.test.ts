import { expect, test } from 'vitest';
import { believeEnd } from './believe-end.ts';

const now = new Date('2026-10-06T22:00:00Z');
const secondsAgo = (seconds: number) => new Date(now.getTime() - seconds * 1000);

test.each([
  ['a recording never seen on the air', null, 'ended', false, null, true],
  ['an announced sitting whose recording is there', 'announced', 'ended', false, null, true],
  ['a sitting that goes on', 'live', 'live', true, null, true],
  ['a sitting that goes on after a flip', 'live', 'live', true, secondsAgo(500), true],
  ['a sitting on the air: first sight of its end', 'live', 'ended', false, null, secondsAgo(0)],
  ['a sitting on the air: the end lasts, not long enough', 'live', 'ended', false, secondsAgo(119), secondsAgo(119)],
  ['a sitting on the air: the end has lasted two minutes', 'live', 'ended', false, secondsAgo(120), true],
  ['the same while its stream still runs', 'live', 'ended', true, secondsAgo(120), true],
  ['a stream that runs of an unknown sitting', null, 'ended', true, null, secondsAgo(0)],
  ['a stream that runs of an announced sitting', 'announced', 'ended', true, null, secondsAgo(0)],
  ['a stream that was left running', 'ended', 'ended', true, null, true],
  ['a withdrawn recording that is back', 'withdrawn', 'ended', false, null, true],
  ['a sitting that comes on the air', 'announced', 'live', true, null, true],
] as const)('%s', (_case, known, observed, streaming, endSeenAt, expected) => {
  const decision = believeEnd({ known, observed, streaming, endSeenAt, now });
  expect(decision).toEqual(expected === true ? { believe: true } : { believe: false, endSeenAt: expected });
});
