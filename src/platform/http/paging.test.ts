import { describe, expect, it } from 'vitest';
import { bearerToken, type CursorKind, cursorOf, decodeCursor, pageLinks, sameSecret } from './index.ts';

const base = 'https://robian.example/api/debates/';
const page = { page: 2, perPage: 20, total: 45, nextCursor: 'abc', byCursor: false };

describe('lists', () => {
  it('link first, prev, next and last, keeping the filters', () => {
    expect(pageLinks(base, { type: ['commission', 'audition'], page: 2, per_page: 20 }, page)).toBe(
      `<${base}?type=commission&type=audition&per_page=20&page=1>; rel="first", ` +
        `<${base}?type=commission&type=audition&per_page=20&page=1>; rel="prev", ` +
        `<${base}?type=commission&type=audition&per_page=20&cursor=abc>; rel="next", ` +
        `<${base}?type=commission&type=audition&per_page=20&page=3>; rel="last"`,
    );
  });

  it('have no next on the last page and no prev on the first or by cursor', () => {
    const links = pageLinks(base, {}, { ...page, page: 1, nextCursor: null });
    expect(links).not.toContain('"next"');
    expect(links).not.toContain('"prev"');
    expect(pageLinks(base, {}, { ...page, byCursor: true })).not.toContain('"prev"');
    expect(pageLinks(base, {}, { ...page, page: 1, total: 0, nextCursor: null })).toContain('page=1>; rel="last"');
  });

  it('take back only cursors that they gave, for the same order', () => {
    const cursor = cursorOf('date:desc', '2026-10-06', '19_ab');
    expect(decodeCursor(cursor, 'date:desc', 'text')).toEqual({ value: '2026-10-06', id: '19_ab' });
    for (const [given, order] of [
      [cursor, 'title:asc'],
      ['AAAA', 'date:desc'],
      [Buffer.from('["date:desc",{},"x"]').toString('base64url'), 'date:desc'],
      [Buffer.from('["date:desc",1,2]').toString('base64url'), 'date:desc'],
    ] as const) {
      expect(() => decodeCursor(given, order, 'text')).toThrow('http/invalid-cursor');
    }
  });

  it.each<[CursorKind, string | number | null, boolean]>([
    ['time', '2026-10-06T19:15:05.000Z', true],
    ['time', '2026-10-06', false],
    ['time', '2026-99-99T00:00:00.000Z', false],
    ['time', '0000-01-01T00:00:00.000Z', false],
    ['time', 3, false],
    ['integer', 3, true],
    ['integer', 3.5, false],
    ['integer', 3e9, false],
    ['number', 3.5, true],
    ['number', 'x', false],
    ['text', 'x', true],
    ['text', 'x\u0000', false],
    ['text', null, true],
  ])('take a cursor of kind %s with %j: %s', (kind, value, taken) => {
    const decode = () => decodeCursor(cursorOf('o', value, 'id'), 'o', kind);
    if (taken) expect(decode()).toEqual({ value, id: 'id' });
    else expect(decode).toThrow('http/invalid-cursor');
  });
});

describe('tokens', () => {
  it.each([
    ['Bearer abc.def', 'abc.def'],
    ['bearer abc', 'abc'],
    ['Basic abc', null],
    ['Bearer a b', null],
    [undefined, null],
  ])('are read from %s', (header, token) => {
    expect(bearerToken(header)).toBe(token);
  });

  it('are compared whole', () => {
    expect(sameSecret('abcdef', 'abcdef')).toBe(true);
    expect(sameSecret('abcdef', 'abcde')).toBe(false);
  });
});
