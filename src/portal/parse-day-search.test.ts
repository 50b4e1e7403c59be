import { describe, expect, test } from 'vitest';
import { fixture } from '../../tests/support/portal-fixtures.ts';
import { parseDaySearch } from './parse-day-search.ts';

describe('the day search', () => {
  test('is read behind a byte order mark, with escaped slashes, epochs as text and brackets in titles', () => {
    const { rows, rejected } = parseDaySearch(fixture('eventsearch/bom-and-escaped-slashes.json'));
    expect(rejected).toEqual([]);
    expect(rows).toEqual([
      {
        videoId: '30100001_6ac548b9aa001',
        title: '2ème séance : Jardins partagés [suite]',
        description: '- Discussion de la proposition de loi relative aux jardins partagés\n- Questions diverses',
        startsAt: new Date('2026-10-06T19:15:05Z'),
        published: true,
        videoType: 'S',
        theme: 'Environnement',
        commission: null,
        thumbnailUrl: 'http://videos.assemblee-nationale.fr/Datas/an/30100001_6ac548b9aa001/files/seances.jpg',
      },
      expect.objectContaining({
        videoId: '30100002_6ac4c6e0aa002',
        theme: null,
        commission: '59047',
        thumbnailUrl: null,
      }),
    ]);
  });

  test('bad rows are reported and spoil none of the others; a repeated video counts once', () => {
    const { rows, rejected } = parseDaySearch(fixture('eventsearch/bad-rows-among-good.json'));
    expect(rows.map(({ videoId, published, startsAt }) => [videoId, published, startsAt])).toEqual([
      ['30100001_6ac548b9aa001', true, new Date('2026-10-06T19:15:05Z')],
      ['30100002_6ac4c6e0aa002', false, null],
    ]);
    expect(rejected.map(({ reason }) => reason)).toEqual(['not an object', 'no video id in url', 'no video id in url']);
    expect(rejected[1]?.entry).toContain('Sans adresse');
  });

  test('a day without videos is an empty list', () => {
    expect(parseDaySearch(fixture('eventsearch/nothing-that-day.json'))).toEqual({ rows: [], rejected: [] });
  });

  test.each([
    ['cut', fixture('eventsearch/bom-and-escaped-slashes.json').subarray(0, 400)],
    ['an object', Buffer.from('{"rows":[]}')],
    ['too many rows', Buffer.from(JSON.stringify(Array.from({ length: 2001 }, () => 0)))],
    ['arrays nested without end', Buffer.from('['.repeat(1_000_000))],
    ['nothing', Buffer.alloc(0)],
  ])('refuses with portal/malformed: %s', (_case, bytes) => {
    expect(() => parseDaySearch(bytes)).toThrowError(expect.objectContaining({ code: 'portal/malformed' }));
  });

  test('a web page in its place is named as such', () => {
    expect(() => parseDaySearch(fixture('html-instead.html'))).toThrowError(
      expect.objectContaining({ code: 'portal/html-instead' }),
    );
  });
});
