import { expect, it } from 'vitest';
import { streaksOf } from './streaks.ts';

const TODAY = '2026-11-22';

it.each([
  ['nothing heard', [], 0, 0],
  ['today', ['2026-11-22'], 1, 1],
  ['yesterday: today is not over', ['2026-11-20', '2026-11-21'], 2, 2],
  ['the day before yesterday: over', ['2026-11-19', '2026-11-20'], 0, 2],
  ['a gap', ['2026-11-17', '2026-11-18', '2026-11-19', '2026-11-21', '2026-11-22'], 2, 3],
  ['over the end of a month', ['2026-10-30', '2026-10-31', '2026-11-01'], 0, 3],
  ['over the change of summer time', ['2026-10-24', '2026-10-25', '2026-10-26'], 0, 3],
])('%s', (_, days, currentDays, longestDays) => {
  expect(streaksOf(days, TODAY)).toEqual({ currentDays, longestDays });
});
