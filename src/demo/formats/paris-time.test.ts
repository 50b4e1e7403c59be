import { expect, it } from 'vitest';
import { frenchDay, parisDay, parisMoment, parisStamp, parisTime } from './paris-time.ts';

const REAL_START_MS = 1_791_314_105_000;

it('writes the start of a real recording as its file name, page and day do', () => {
  expect(parisStamp(REAL_START_MS)).toBe('20261006211505');
  expect(frenchDay(REAL_START_MS)).toBe('Mardi 6 octobre 2026');
  expect(parisTime(REAL_START_MS).zone).toBe('CEST');
});

it.each([
  ['2026-10-06', 21, 15, '2026-10-06T19:15:00Z'],
  ['2026-12-01', 9, 30, '2026-12-01T08:30:00Z'],
  ['2026-07-14', 0, 5, '2026-07-13T22:05:00Z'],
  ['2026-12-31', 29, 59, '2027-01-01T04:59:00Z'],
])('clocks in Paris show that hour of %s at %i:%i', (day, hour, minute, utc) => {
  expect(new Date(parisMoment(day, hour, minute))).toEqual(new Date(utc));
});

it('the day changes at midnight in Paris, not in London', () => {
  expect(parisDay(Date.parse('2026-10-06T22:30:00Z'))).toBe('2026-10-07');
  expect(parisTime(Date.parse('2026-12-06T22:30:00Z'))).toMatchObject({ day: '06', hour: '23', zone: 'CET' });
});
