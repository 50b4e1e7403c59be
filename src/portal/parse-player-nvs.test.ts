import { describe, expect, test } from 'vitest';
import { fixture } from '../../tests/support/portal-fixtures.ts';
import { parsePlayerNvs } from './parse-player-nvs.ts';

describe('finalplayer.nvs and liveplayer.nvs', () => {
  test('give times in milliseconds; marks of the storyboard stay for the join to drop, unusable times do not', () => {
    expect(parsePlayerNvs(fixture('player/storyboard-marks-and-untimed-chapters.nvs'))).toEqual({
      startsAt: new Date('2026-10-06T19:15:05Z'),
      synchros: [
        { id: '3010000102000', startsAtMs: 0 },
        { id: '3010000102060', startsAtMs: 60_000 },
        { id: '302', startsAtMs: 898_419 },
        { id: '3010000102120', startsAtMs: 120_000 },
        { id: '304', startsAtMs: 1_215_000 },
      ],
    });
  });

  test('a player without times yet is empty, not wrong', () => {
    expect(parsePlayerNvs(Buffer.from('<player/>'))).toEqual({ startsAt: null, synchros: [] });
  });

  test('synchros are found deeper too: no verbatim file is known', () => {
    const { synchros } = parsePlayerNvs(
      Buffer.from('<x><player><list><synchro id="1" timecode="5"/></list></player></x>'),
    );
    expect(synchros).toEqual([{ id: '1', startsAtMs: 5 }]);
  });

  test.each([
    ['cut', Buffer.from('<player starttime="1791314105"><synchro id="1" timecode="5"/>'), 'portal/malformed'],
    ['too many elements', Buffer.from(`<p>${'<synchro/>'.repeat(200_001)}</p>`), 'portal/malformed'],
    ['a web page', fixture('html-instead.html'), 'portal/html-instead'],
  ])('refuses what is %s', (_case, bytes, code) => {
    expect(() => parsePlayerNvs(bytes)).toThrowError(expect.objectContaining({ code }));
  });
});
