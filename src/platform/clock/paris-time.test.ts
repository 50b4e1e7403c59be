import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, findFrenchDay, fromParis, fromParisStamp, isDay, parisDay, toParisIso } from './paris-time.ts';

describe('Paris time', () => {
  test.each([
    ['summer', '2026-10-06T19:15:05Z', '2026-10-06T21:15:05+02:00', '2026-10-06'],
    ['winter', '2026-12-01T13:00:00Z', '2026-12-01T14:00:00+01:00', '2026-12-01'],
    [
      'after midnight in Paris, the evening before in UTC',
      '2026-07-14T22:30:00Z',
      '2026-07-15T00:30:00+02:00',
      '2026-07-15',
    ],
    ['last second of summer', '2026-10-25T00:59:59Z', '2026-10-25T02:59:59+02:00', '2026-10-25'],
    ['first second of winter', '2026-10-25T01:00:00Z', '2026-10-25T02:00:00+01:00', '2026-10-25'],
    ['milliseconds are dropped', '2026-10-06T19:15:05.999Z', '2026-10-06T21:15:05+02:00', '2026-10-06'],
  ])('an instant is shown with the offset of its moment: %s', (_case, utc, iso, day) => {
    expect(toParisIso(new Date(utc))).toBe(iso);
    expect(parisDay(new Date(utc))).toBe(day);
  });

  test.each([
    ['summer', { day: '2026-10-06', hour: 21, minute: 15, second: 5 }, '2026-10-06T19:15:05.000Z'],
    ['winter', { day: '2026-12-01', hour: 9, minute: 30 }, '2026-12-01T08:30:00.000Z'],
    ['hour 24 is the next day', { day: '2026-12-31', hour: 24, minute: 30 }, '2026-12-31T23:30:00.000Z'],
    ['shown twice in October: the first', { day: '2026-10-25', hour: 2, minute: 30 }, '2026-10-25T00:30:00.000Z'],
    [
      'skipped in March: as if clocks had not moved',
      { day: '2026-03-29', hour: 2, minute: 30 },
      '2026-03-29T01:30:00.000Z',
    ],
    [
      'the night of the change, by the programme of the evening',
      { day: '2026-10-24', hour: 27 },
      '2026-10-25T02:00:00.000Z',
    ],
  ])('a time on the wall becomes an instant: %s', (_case, time, utc) => {
    expect(fromParis(time)?.toISOString()).toBe(utc);
  });

  test('there is no instant on a day that does not exist', () => {
    expect(fromParis({ day: '2026-02-30', hour: 1 })).toBeNull();
    expect(fromParisStamp('20260230101010')).toBeNull();
    expect(fromParisStamp('20260201251010')).toBeNull();
    expect(fromParisStamp('2026020125')).toBeNull();
  });

  test('the stamp of a media file is Paris time', () => {
    expect(fromParisStamp('20261006211505')).toEqual(new Date(1_791_314_105_000));
  });

  test('what is shown reads back to the same instant, outside the hour that is shown twice', () => {
    const instants = fc.integer({ min: Date.UTC(1996, 0) / 1000, max: Date.UTC(2037, 0) / 1000 });
    fc.assert(
      fc.property(instants, (seconds) => {
        const iso = toParisIso(new Date(seconds * 1000));
        expect(Date.parse(iso)).toBe(seconds * 1000);
        const read = fromParisStamp(iso.slice(0, 19).replaceAll(/\D/g, ''))?.getTime() ?? 0;
        expect([0, 3600]).toContain(seconds - read / 1000);
      }),
    );
  });

  test.each([
    ['Mercredi 13 juillet 2022', '2022-07-13'],
    ['Programme du samedi 1er août 2026 et suite', '2026-08-01'],
    ['MARDI 6 DÉCEMBRE 2026', '2026-12-06'],
    ['6 fevrier 2027', '2027-02-06'],
    ['30 février 2026', null],
    ['Programme du jour', null],
    ['13 brumaire 2022', null],
    ['article 2613 mai 20261', null],
  ])('a French date is found in %j', (text, day) => {
    expect(findFrenchDay(text)).toBe(day);
  });

  test('days are counted across months, years and leap days', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(addDays('2028-03-01', -1)).toBe('2028-02-29');
    expect(isDay('2026-02-29')).toBe(false);
    expect(isDay('06/10/2026')).toBe(false);
  });
});
