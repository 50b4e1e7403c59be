import { expect, it } from 'vitest';
import { monthOf, periodMarks, startOfMonth } from './search-periods.ts';

const month = (text: string): number => monthOf(new Date(text));

it.each([
  ['2026-10-06T00:00:00Z', '2026-10-01T00:00:00.000Z'],
  ['2026-01-31T23:59:59Z', '2026-01-01T00:00:00.000Z'],
  ['1958-12-31T23:59:59Z', '1958-12-01T00:00:00.000Z'],
])('%s is in the month of %s', (time, start) => expect(startOfMonth(month(time)).toISOString()).toBe(start));

it.each([
  ['2026-10-06', '2026-10-20', ['m:2026-10']],
  ['2025-12-31', '2026-01-01', ['m:2025-12', 'm:2026-01']],
  ['2026-02-01', '2026-01-01', []],
  ['2020-01-01', '2023-05-01', ['y:2020', 'y:2021', 'y:2022', 'y:2023']],
  ['1958-01-01', '2100-01-01', []],
])('%s to %s is asked for by %j', (from, to, marks) => expect(periodMarks(month(from), month(to))).toEqual(marks));

it('asks for two years month by month', () => {
  expect(periodMarks(month('2024-01-01'), month('2025-12-01'))).toHaveLength(24);
  expect(periodMarks(month('2024-01-01'), month('2026-01-01'))).toEqual(['y:2024', 'y:2025', 'y:2026']);
});
