import { expect, it } from 'vitest';
import { type RelevancePlace, relevanceCursor, relevancePlaceOf } from './search-cursor.ts';

const sortsAt = new Date('2026-10-06T19:15:05.123Z');

it.each<RelevancePlace>([
  { kind: 'ranked', score: 28.12345678901234, id: '19502241_6ac548b948b27', last: null },
  { kind: 'ranked', score: -3, id: 'RUANR5L17', last: { sortsAt, id: 'an id\nof another source' } },
  { kind: 'older', after: { sortsAt, id: '1' } },
])('goes on at %j', (place) => expect(relevancePlaceOf(relevanceCursor(place))).toEqual(place));

it.each([
  '["relevance:desc","","x"]',
  '["relevance:desc",null,"x"]',
  '["relevance:desc","Infinity","x"]',
  '["relevance:desc","1 2026-10-06T00:00:00Z","x"]',
  '["relevance:desc","1 2026-13-06T00:00:00Z y","x"]',
  '["relevance:desc","older 2026-99-99T00:00:00Z","x"]',
  '["date:desc","older 2026-10-06T00:00:00Z","x"]',
])('refuses %s', (forged) => {
  const cursor = Buffer.from(forged).toString('base64url');
  expect(() => relevancePlaceOf(cursor)).toThrow('http/invalid-cursor');
});
